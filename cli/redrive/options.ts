import type { Command } from 'commander';
import { UsageError } from '../../simulator/usage-error';
import { AWS_OPTIONS, awsTarget, type AwsTarget } from '../aws';
import { addOptions, createCommand, type OptionSpecs, parseArguments, type Values } from '../command-line';
import { wholeNumber } from '../option-values';

export const REDRIVE_OPTIONS = {
  queue: {
    value: 'QUEUE',
    description:
      'dead-letters: events that no function could handle; rule-errors: MQTT messages that a rule could not deliver',
  },
  apply: {
    description:
      'hand back: each event to the function it is for, each MQTT message to the failed action of its rule, as of when it was received. A message is deleted only after that was accepted.',
  },
  'dry-run': { description: 'only show (default)' },
  only: {
    value: 'WHAT',
    description:
      'messages of one kind (lambda, sns, eventbridge, rule, unknown), or for one function, state machine or rule: its name in the template or its name',
  },
  'older-than': { value: 'TIME', description: 'messages that are in the queue longer than 30s, 15m, 2h, 3d' },
  limit: { value: 'N', description: 'at most N messages' },
  json: { description: 'print one JSON object' },
  ...AWS_OPTIONS,
} as const satisfies OptionSpecs;

const NOTES = `
All consumers are idempotent: an event may be handed back at any time. Messages that are shown or stay are hidden from
other readers meanwhile. If this command is killed, they are visible again after 2 minutes to 1 hour.

Exit code 0: shown, or all handed back. 1: messages stay, or a call failed. 2: usage error. 130: interrupted.`;

/** @param name how it is called */
export const redriveCommand = (name: string): Command =>
  addOptions(
    createCommand(
      name,
      'Shows what is in a queue of a deployed stack, and why. With --apply, hands it back to where it belongs.',
    ),
    REDRIVE_OPTIONS,
  ).addHelpText('after', NOTES);

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

/** @returns milliseconds @throws UsageError */
const duration = (flag: string, text: string): number => {
  const [, count = '', unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const milliseconds = Number(count) * (UNITS[unit] ?? 0);
  if (milliseconds > 0) return milliseconds;
  throw new UsageError(`--${flag} ${text}: give a time such as 30s, 15m, 2h or 3d.`);
};

/** @throws UsageError that names the flag and the fix */
export const redriveOptionsOf = (values: Values<typeof REDRIVE_OPTIONS>): RedriveOptions => {
  const { queue, stack, apply, json, only, limit, 'older-than': olderThan } = values;
  if (!isQueueName(queue)) throw new UsageError(`--queue ${queue ?? ''}: give dead-letters or rule-errors.`);
  if (apply && values['dry-run']) throw new UsageError('--dry-run and --apply: give one of them.');
  return {
    ...{ stack, queue, apply, json },
    ...awsTarget(values),
    ...(only !== undefined && { only }),
    ...(limit !== undefined && { limit: wholeNumber('limit', limit, 1, 1_000_000) }),
    ...(olderThan !== undefined && { olderThan: duration('older-than', olderThan) }),
  };
};

/** @returns undefined for --help @throws UsageError */
export const redriveOptions = (args: readonly string[]): RedriveOptions | undefined => {
  const parsed = parseArguments(redriveCommand('redrive'), REDRIVE_OPTIONS, args);
  return parsed && redriveOptionsOf(parsed.values);
};
