import type { Operator } from '../operator';
import { jobRecords } from '../devices/records';
import { describeRollout } from '../rollouts/describe-rollout';
import { type RolloutExecution, someExecutions } from '../rollouts/list-executions';
import { type CurrentState, readCurrentState } from './current-state';
import { NOT_BEGUN } from '../words/states';
import { type Definition, describeDefinition } from './definition';

/** Where the pending job executions of a roll-out are. */
export interface Steps {
  /** Devices by top-level state, among those that were looked at; `NotBegun` without one. */
  readonly byState: Readonly<Record<string, number>>;
  /** How many devices were looked at. */
  readonly looked: number;
  /** How many are pending. More than `looked`: the rest is like those, or is not. */
  readonly pending: number;
  /** When the oldest of the states was read, milliseconds since the epoch. */
  readonly asOf: number;
}

export interface CrawlerOptions {
  /** Pending devices that are looked at; of more, this many in proportion to their statuses. */
  readonly sampleSize?: number;
  /** Histories that are read in one round. */
  readonly looksPerRound?: number;
}

interface Look {
  readonly current: CurrentState;
  readonly at: number;
}

export interface StepsCrawler {
  /** Reads a part of what there is to read, and keeps it for the next round. */
  round(): Promise<Steps>;
}

const keyOf = ({ thingName, executionNumber }: RolloutExecution) => `${thingName}.${executionNumber}`;

/** How many of each status to look at. */
const shares = (counts: Readonly<Record<'QUEUED' | 'IN_PROGRESS', number>>, sampleSize: number) => {
  const { QUEUED, IN_PROGRESS } = counts;
  const pending = QUEUED + IN_PROGRESS;
  const share = (count: number) =>
    pending <= sampleSize ? count : Math.min(count, Math.max(1, Math.round((count / pending) * sampleSize)));
  return { QUEUED: share(QUEUED), IN_PROGRESS: share(IN_PROGRESS) };
};

const stepsOf = (
  executions: readonly RolloutExecution[],
  looks: ReadonlyMap<string, Look>,
  begun: ReadonlySet<string>,
  pending: number,
  now: number,
): Steps => {
  const byState: Record<string, number> = {};
  let looked = 0;
  let asOf = now;
  for (const execution of executions) {
    const look = looks.get(keyOf(execution));
    if (!look && begun.has(keyOf(execution))) continue;
    const state = look?.current.state ?? NOT_BEGUN;
    byState[state] = (byState[state] ?? 0) + 1;
    looked += 1;
    asOf = Math.min(asOf, look?.at ?? now);
  }
  return { byState, looked, pending: Math.max(pending, looked), asOf };
};

/**
 * Finds out in which state of the state machine the devices of a roll-out are. No API of AWS counts that: it takes one
 * history per device. So a round makes a bounded number of calls: DescribeJob, the pages of pending job executions, one
 * BatchGetItem per 100 for the workflows that own them, and the histories of those that were never looked at, or longest
 * ago. Give it clients with a budget (operate/budget.ts): then it is slow, but never a burden.
 */
export const createStepsCrawler = (
  operator: Operator,
  jobId: string,
  { sampleSize = 200, looksPerRound = 25 }: CrawlerOptions = {},
): StepsCrawler => {
  const looks = new Map<string, Look>();
  /** Executions of the state machine, by device and attempt. */
  const owners = new Map<string, string>();
  let definition: Promise<Definition> | undefined;

  const findOwners = async (executions: readonly RolloutExecution[]) => {
    const unknown = executions.filter((execution) => !owners.has(keyOf(execution)));
    const records = await jobRecords(
      operator,
      jobId,
      unknown.map(({ thingName }) => thingName),
    );
    for (const execution of unknown) {
      const operationId = `${jobId}.${execution.executionNumber}`;
      const claim = records.get(execution.thingName)?.attempts.find((attempt) => attempt.operationId === operationId);
      if (claim) owners.set(keyOf(execution), claim.executionArn);
    }
  };
  const look = async (execution: RolloutExecution) => {
    const key = keyOf(execution);
    definition ??= describeDefinition(operator);
    const at = operator.now();
    const current = await readCurrentState(operator, owners.get(key) ?? '', await definition);
    if (current) looks.set(key, { current, at });
    else looks.delete(key);
  };
  const forgetEnded = (executions: readonly RolloutExecution[]) => {
    const pending = new Set(executions.map(keyOf));
    for (const known of [looks, owners]) for (const key of known.keys()) if (!pending.has(key)) known.delete(key);
  };

  return {
    round: async () => {
      const { counts } = await describeRollout(operator, jobId);
      const share = shares(counts, sampleSize);
      const executions = [
        ...(await someExecutions(operator, jobId, 'IN_PROGRESS', share.IN_PROGRESS)),
        ...(await someExecutions(operator, jobId, 'QUEUED', share.QUEUED)),
      ];
      forgetEnded(executions);
      await findOwners(executions);
      const due = executions
        .filter((execution) => owners.has(keyOf(execution)))
        .toSorted((a, b) => (looks.get(keyOf(a))?.at ?? 0) - (looks.get(keyOf(b))?.at ?? 0));
      for (const execution of due.slice(0, looksPerRound)) await look(execution);
      return stepsOf(executions, looks, new Set(owners.keys()), counts.QUEUED + counts.IN_PROGRESS, operator.now());
    },
  };
};
