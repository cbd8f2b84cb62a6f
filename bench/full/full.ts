import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { interrupted } from '../../cli/terminal';
import { readResult, thisMachine, writeResult, writeSection } from '../results';
import { textTable } from '../table';
import { scalePlot } from './charts';
import { memoryPerDevice, memorySentence, scaleProblems, scaleSection, scaleTable } from './report';
import { type Scale, scaleSchema, type SizeResult, sizeSchema } from './size-result';

const NAME = 'scale';
const ROOT = join(__dirname, '..', '..');

/** Measures one size in a process of its own, which ends by itself. @throws Error when it fails */
const runSize = async (devices: number, processes: number, stop: AbortSignal): Promise<SizeResult> => {
  // A group of its own: Ctrl-C reaches it through this process, once.
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(__dirname, 'run-size.ts'), `${devices}`, `${processes}`],
    {
      ...{ cwd: ROOT, detached: true, stdio: ['ignore', 'pipe', 'inherit'] },
    },
  );
  stop.addEventListener('abort', () => child.kill('SIGTERM'));
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (child.exitCode !== 0) throw new Error(`The fleet of ${devices} devices was not measured: see above.`);
  return v.parse(sizeSchema, JSON.parse(output));
};

const write = async (scale: Scale): Promise<void> => {
  await writeResult(`${NAME}.json`, `${JSON.stringify(scale, undefined, 2)}\n`);
  await writeResult(`${NAME}.svg`, scalePlot(scale));
  await writeSection('sizes', scaleSection(scale.sizes));
};

export interface FullOptions {
  /** Keep the sizes that were measured before. */
  readonly resume: boolean;
  readonly json: boolean;
  /** That simulate the devices; 1 is the process of the embedded AWS. */
  readonly processes: number;
}

/** Measures fleets of these sizes, and writes the results after each. @returns one sentence for each limit that is exceeded */
export const benchFull = async (
  sizes: readonly number[],
  { resume, json, processes }: FullOptions,
): Promise<readonly string[]> => {
  const stop = new AbortController();
  void interrupted().then(() => stop.abort());
  const earlier = resume ? await readResult(`${NAME}.json`) : undefined;
  const done = new Map(
    earlier === undefined ? [] : v.parse(scaleSchema, earlier).sizes.map((size) => [size.devices, size]),
  );
  const scaleNow = (): Scale => ({
    machine: thisMachine(),
    sizes: [...done.values()].filter((size) => sizes.includes(size.devices)).sort((a, b) => a.devices - b.devices),
  });
  for (const devices of sizes) {
    if (done.has(devices)) continue;
    console.error(`${devices} devices …`);
    try {
      done.set(devices, await runSize(devices, processes, stop.signal));
    } catch (error) {
      if (stop.signal.aborted) process.exit(130);
      throw error;
    }
    await write(scaleNow());
  }
  const scale = scaleNow();
  await write(scale);
  if (json) console.log(JSON.stringify({ ...scale, memoryPerDevice: memoryPerDevice(scale.sizes) }));
  else console.log(`\n${textTable(scaleTable(scale.sizes))}\n\n${memorySentence(scale.sizes)}`);
  return scaleProblems(scale.sizes);
};
