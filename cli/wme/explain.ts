import { explain } from '../../operate/explain/explain';
import type { Explanation } from '../../operate/explain/facts';
import type { Operator } from '../../operate/operator';
import { rolloutWithDocument } from '../../operate/rollouts/describe-rollout';
import { someExecutions } from '../../operate/rollouts/list-executions';
import { FAILED_STATUSES } from '../../operate/words/statuses';
import { UsageError } from '../../simulator/usage-error';
import { commandOf } from '../command-line';
import { wholeNumber } from '../option-values';
import type { Colour, Output } from '../output/output';
import { jobIdOf, SESSION_OPTIONS, thingNameOf, withSession } from './session';

const COLOURS: Readonly<Record<Explanation['kind'], Colour>> = {
  ...{
    none: 'dim',
    waiting: 'cyan',
    working: 'cyan',
    succeeded: 'green',
    failed: 'red',
    stopped: 'yellow',
    stuck: 'red',
  },
};

const printExplanation = (output: Output, { kind, sentence, help, evidence }: Explanation) => {
  output.line(sentence, COLOURS[kind]);
  if (help !== undefined) output.line(help);
  output.line();
  for (const { label, text } of evidence) output.line(`  ${label.padEnd(17)} ${text}`);
};

/** Without a thing: those that wait, IN_PROGRESS first, else those that failed. */
const someDevices = async (operator: Operator, jobId: string, limit: number): Promise<readonly string[]> => {
  const { counts } = await rolloutWithDocument(operator, jobId);
  const names: string[] = [];
  const add = async (status: keyof typeof counts) => {
    if (counts[status] === 0 || names.length >= limit) return;
    for (const { thingName } of await someExecutions(operator, jobId, status, limit - names.length))
      names.push(thingName);
  };
  await add('IN_PROGRESS');
  await add('QUEUED');
  if (names.length === 0) for (const status of FAILED_STATUSES) await add(status);
  return names;
};

export const explainCommand = () =>
  commandOf({
    name: 'explain',
    description: 'Says in one sentence what a device waits for or why it failed, and what that rests on.',
    options: {
      thing: { value: 'NAME', description: 'the device' },
      job: { value: 'ID', description: "the roll-out; by default the device's current or latest one" },
      limit: { value: 'N', default: '5', description: 'with --job only: at most N of its devices' },
      'skip-dead-letters': { description: 'do not look into the queues: looking hides their messages for a moment' },
      ...SESSION_OPTIONS,
    },
    run: (values) => {
      const jobId = values.job === undefined ? undefined : jobIdOf(values.job, '--job');
      const thing = values.thing === undefined ? undefined : thingNameOf(values.thing, '--thing');
      const limit = wholeNumber('limit', values.limit, 1, 100);
      const options = { withDeadLetters: !values['skip-dead-letters'], ...(jobId !== undefined && { jobId }) };
      if (thing === undefined && jobId === undefined)
        throw new UsageError('--thing or --job: give a device, a roll-out or both.');
      return withSession(values, async ({ operator, output }) => {
        if (thing !== undefined) {
          const explanation = await explain(operator, thing, options);
          return values.json ? output.json(explanation) : printExplanation(output, explanation);
        }
        const explanations: Explanation[] = [];
        for (const name of await someDevices(operator, jobId ?? '', limit))
          explanations.push(await explain(operator, name, options));
        if (values.json) return output.json(explanations);
        if (explanations.length === 0) output.line(`Nothing in ${jobId ?? ''} waits or has failed.`, 'green');
        for (const { kind, sentence, help } of explanations) {
          output.line(sentence, COLOURS[kind]);
          if (help !== undefined) output.line(`  ${help}`);
        }
      });
    },
  });
