import { parseArgs } from 'node:util';
import { AWS_HELP, AWS_OPTIONS, type AwsTarget } from '../aws';
import { wholeNumber } from '../terminal';

export const HELP = `npm run redrive -- --queue dead-letters|rule-errors [options]

Shows what is in a queue of a deployed stack, and why. With --apply, hands it back to where it belongs.

  --queue QUEUE        dead-letters: events that no function could handle
                       rule-errors: MQTT messages that a rule could not deliver
  --apply              hand back: each event to the function it is for, each MQTT message to the failed action of its
                       rule, as of when it was received. A message is deleted only after that was accepted.
  --dry-run            only show (default)
  --only WHAT          messages of one kind (lambda, sns, eventbridge, rule, unknown), or for one function, state
                       machine or rule: its name in the template or its name
  --older-than TIME    messages that are in the queue longer than 30s, 15m, 2h, 3d
  --limit N            at most N messages
  --json               print one JSON object
${AWS_HELP}
  --help               this text

All consumers are idempotent: an event may be handed back at any time. Messages that are shown or stay are hidden from
other readers meanwhile. If this command is killed, they are visible again after 2 minutes to 1 hour.

Exit code 0: shown, or all handed back. 1: messages stay, or a call failed. 2: usage error. 130: interrupted.`;

/** The output of the stack that has the URL of a queue. */
const QUEUES = { 'dead-letters': 'DeadLetterQueueUrl', 'rule-errors': 'RuleErrorsQueueUrl' } as const;
export type QueueName = keyof typeof QUEUES;
export const queueOutput = (queue: QueueName): string => QUEUES[queue];
const isQueueName = (name: string | undefined): name is QueueName => name !== undefined && Object.hasOwn(QUEUES, name);

export interface RedriveOptions extends AwsTarget {
  readonly stack: string;
  readonly queue: QueueName;
  readonly apply: boolean;
  readonly json: boolean;
  readonly only?: string;
  readonly limit?: number;
  /** Milliseconds. */
  readonly olderThan?: number;
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** @returns milliseconds @throws Error that names the flag */
const duration = (flag: string, text: string): number => {
  const [, count = '', unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const milliseconds = Number(count) * (UNITS[unit] ?? 0);
  if (milliseconds > 0) return milliseconds;
  throw new Error(`--${flag} ${text}: give a time such as 30s, 15m, 2h or 3d.`);
};

/** @returns undefined for --help @throws Error that names the flag and the fix */
export const redriveOptions = (args: readonly string[]): RedriveOptions | undefined => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...AWS_OPTIONS,
      queue: { type: 'string' },
      apply: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      only: { type: 'string' },
      'older-than': { type: 'string' },
      limit: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { help, queue, stack, apply, json, region, profile, only, limit } = values;
  if (help) return undefined;
  if (!isQueueName(queue)) throw new Error(`--queue ${queue ?? ''}: give dead-letters or rule-errors.`);
  if (apply && values['dry-run']) throw new Error('--dry-run and --apply: give one of them.');
  const endpointUrl = values['endpoint-url'];
  if (endpointUrl !== undefined && !/^https?:\/\//.test(endpointUrl))
    throw new Error(`--endpoint-url ${endpointUrl}: give a URL such as http://127.0.0.1:4566.`);
  const olderThan = values['older-than'];
  return {
    ...{ stack, queue, apply, json },
    ...(endpointUrl !== undefined && { endpointUrl }),
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(only !== undefined && { only }),
    ...(limit !== undefined && { limit: wholeNumber('limit', limit, 1, 1_000_000) }),
    ...(olderThan !== undefined && { olderThan: duration('older-than', olderThan) }),
  };
};
