import { operationOf } from '../operations';
import type { ObservedOperation, Violation, World } from '../world';

/** No device performs two downloads for one order. */
export const repeatedDownloads = ({ devices }: World): readonly Violation[] =>
  devices.flatMap(({ thingName, downloads }) =>
    [...new Set(downloads.map(({ commandKey }) => commandKey))]
      .map((commandKey) => ({ commandKey, times: downloads.filter((one) => one.commandKey === commandKey) }))
      .filter(({ times }) => times.length > 1)
      .map(({ commandKey, times }) => ({
        invariant: 'one download per order',
        device: thingName,
        expected: `one download for ${commandKey}`,
        seen: `${times.length} downloads, the last ${(times.at(-1)?.at ?? 0) - (times[0]?.at ?? 0)} ms after the first`,
      })),
  );

/** When the workflow of an operation was over: the last of its executions that did more than to find that it is not theirs. */
const overAt = ({ workflows }: ObservedOperation): number | undefined => {
  const ends = workflows.filter(({ isQuiet }) => !isQuiet).map(({ endedAt }) => endedAt ?? Infinity);
  return ends.length === 0 ? undefined : Math.max(...ends);
};

/**
 * No command is published to a device after its workflow is over.
 * @param slackMs what the platform may need to let device management know
 */
export const ghostCommands = ({ devices }: World, slackMs: number): readonly Violation[] =>
  devices.flatMap(({ thingName, operations, commands }) =>
    commands.flatMap(({ commandKey, command, publishedAt, expiresAt }) => {
      const operation = operations.find((one) => one.operationId === operationOf(commandKey));
      const end = operation && overAt(operation);
      const isGhost = end === undefined || publishedAt > end + slackMs;
      const expected = `no ${command} of ${commandKey} after its workflow`;
      const violation = (seen: string) => ({ invariant: 'no ghost command', device: thingName, expected, seen });
      if (end === undefined) return [violation('a command of an operation without a workflow')];
      if (isGhost) return [violation(`one ${publishedAt - end} ms after the end`)];
      return expiresAt === undefined ? [violation('one that never expires')] : [];
    }),
  );

/** Nothing is left in a queue but what the campaign itself poisoned. */
export const leftLetters = ({ letters }: World): readonly Violation[] =>
  letters
    .filter(({ isPoison }) => !isPoison)
    .map(({ queue, body, cause }) => ({
      invariant: 'nothing is lost',
      device: '',
      expected: `${queue} empty after the redrive`,
      seen: `${cause}: ${body.slice(0, 300)}`,
    }));
