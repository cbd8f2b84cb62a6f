import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { Operator } from '../operator';
import type { Definition } from './definition';
import { historyPages } from './history-pages';

/** Where an execution is. Times are milliseconds since the epoch. */
export interface CurrentState {
  /** Top-level state. */
  readonly state: string;
  /** States in the branches of that state which are entered and not left. */
  readonly within: readonly string[];
  readonly enteredAt: number;
}

/** Events of one page: a state that is retried has four per attempt. */
const PAGE = 100;

const nameOfEntered = ({ stateEnteredEventDetails }: HistoryEvent): string | undefined =>
  stateEnteredEventDetails?.name;
const nameOfExited = ({ stateExitedEventDetails }: HistoryEvent): string | undefined => stateExitedEventDetails?.name;

/**
 * Reads events from the latest back to the one that entered the top-level state.
 * @returns undefined when the events do not reach back so far
 */
export const currentStateIn = (
  newestFirst: readonly HistoryEvent[],
  { topLevelOf }: Pick<Definition, 'topLevelOf'>,
): CurrentState | undefined => {
  const left = new Set<string>();
  const within: string[] = [];
  for (const event of newestFirst) {
    const exited = nameOfExited(event);
    if (exited !== undefined) left.add(exited);
    const entered = nameOfEntered(event);
    if (entered === undefined) continue;
    // A state of another definition, from before a deployment, stands for itself.
    if ((topLevelOf.get(entered) ?? entered) === entered)
      return { state: entered, within: within.toReversed(), enteredAt: event.timestamp?.getTime() ?? 0 };
    if (!left.has(entered)) within.push(entered);
  }
  return undefined;
};

/**
 * The state of an execution from the end of its history, without the data of its events.
 * @returns undefined when Step Functions does not have the execution any more
 */
export const readCurrentState = async (
  operator: Operator,
  executionArn: string,
  definition: Definition,
): Promise<CurrentState | undefined> => {
  const events: HistoryEvent[] = [];
  const input = { executionArn, reverseOrder: true, includeExecutionData: false };
  for await (const page of historyPages(operator, PAGE, input)) {
    events.push(...page);
    const found = currentStateIn(events, definition);
    if (found) return found;
  }
  return undefined;
};
