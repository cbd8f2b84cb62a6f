import { join } from 'node:path';
import { checkProject } from './check-template/checks';
import { readProject } from './check-template/project';

const HELP = `npm run check-template

Checks template.yaml without AWS: CloudFormation and SAM schemas, references, IAM actions and resources, dead-letter queue,
logs and errors of every function, state machine, rule SQL, protobuf descriptor. Exit code 1 when anything is wrong.`;

const main = async () => {
  if (process.argv.includes('--help')) return console.log(HELP);
  const results = await checkProject(await readProject(join(__dirname, '..')));
  const problems = Object.entries(results).flatMap(([name, found]) => found.map((problem) => `${name}: ${problem}`));
  for (const problem of problems) console.error(problem);
  console.log(`template.yaml: ${Object.keys(results).join(', ')} checked, ${problems.length} problems`);
  if (problems.length > 0) process.exitCode = 1;
};

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
