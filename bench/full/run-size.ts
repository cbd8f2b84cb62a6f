import '../../cli/quiet-sdk.cjs';
import type { EmbeddedAws } from '../../local/embedded-aws';
import { exitWithFailure } from '../../cli/failure';
import { interrupted } from '../../cli/terminal';
import { rounded } from '../results';
import { measureSize } from './measure-size';

/** One size in a process of its own, so that memory and CPU are its own: prints the result as the only line on stdout. */
const main = async () => {
  let aws: EmbeddedAws | undefined;
  void interrupted().then(async () => {
    await aws?.close();
    process.exit(130);
  });
  const [devices, processes] = process.argv.slice(2).map(Number);
  if (!devices || !processes) throw new Error('run-size.ts needs the number of devices and that of processes.');
  const result = await measureSize(
    { devices, processes },
    (line) => console.error(line),
    (deployed) => {
      aws = deployed;
    },
  );
  console.log(JSON.stringify(result, rounded));
};

main().catch(exitWithFailure);
