import type { AwsApi } from '../../../core/api';
import type { Clock } from '../../../core/clock';
import type { Json, JsonObject } from './json';
import type { Positions, Visit } from './position';
import type { Outcome, QueryLanguage, StateScope } from './query-language';
import type { Scope } from './scope';
import type { TaskTokens } from './task-tokens';
import type { Variables } from './variables';

export interface Machine {
  /** The same for the same definition and role, over restarts. */
  readonly version: string;
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly definition: JsonObject;
}

/**
 * Runs the states of a branch or an iteration to their end, in a scope of its own.
 * @param path of its position @param outer the variables around it
 * @throws StateError, Cancelled
 */
export type RunStates = (
  definition: JsonObject,
  input: Json,
  path: string,
  outer: Variables | undefined,
  scope: Scope,
  context: JsonObject,
) => Promise<Json>;

/** One visit of a state. */
export interface StateRun extends StateScope {
  /** Ends the visit when it is cancelled. */
  readonly scope: Scope;
  readonly language: QueryLanguage;
  readonly api: AwsApi;
  readonly clock: Clock;
  readonly tokens: TaskTokens;
  readonly machine: Machine;
  readonly positions: Positions;
  /** Of the flow that the state is in. */
  readonly path: string;
  /** How far this visit has come; kept over a restart. */
  readonly visit: Visit;
  readonly runStates: RunStates;
}

export interface Transition extends Outcome {
  /** Undefined at the end of the machine, branch or iteration. */
  readonly next?: string;
}

/** What the interpreter does in a state of one type. @throws StateError, Cancelled */
export type StateType = (run: StateRun) => Promise<Transition>;

/** The Transition that Next or End of a state asks for. */
export const follow = ({ state }: StateScope, outcome: Outcome): Transition =>
  state['End'] === true || typeof state['Next'] !== 'string' ? outcome : { ...outcome, next: state['Next'] };

/** Resolves at the time in `visit.wakeAt`, if there is one; rejects with Cancelled when the scope ends first. */
export const sleep = async ({ clock, scope, visit }: StateRun): Promise<void> => {
  const { wakeAt } = visit;
  if (wakeAt === undefined) return;
  let timer: { cancel(): void } | undefined;
  const slept = new Promise<void>((resolve) => {
    timer = clock.setTimeout(resolve, wakeAt - clock.now());
  });
  await scope.guard(slept).finally(() => timer?.cancel());
  delete visit.wakeAt;
};
