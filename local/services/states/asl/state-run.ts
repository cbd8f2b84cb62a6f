import type { AwsApi } from '../../../core/api';
import type { Clock } from '../../../core/clock';
import type { Json, JsonObject } from './json';
import type { Outcome, QueryLanguage, StateScope } from './query-language';
import type { Scope } from './scope';
import type { TaskTokens } from './task-tokens';
import type { Variables } from './variables';

export interface Machine {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly definition: JsonObject;
}

/** Runs the states of a branch or an iteration to their end, in a scope of its own. @throws StateError, Cancelled */
export type RunStates = (
  definition: JsonObject,
  input: Json,
  variables: Variables,
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

/** Resolves after a while; rejects with Cancelled when the scope ends first. */
export const sleep = ({ clock, scope }: StateRun, milliseconds: number): Promise<void> => {
  let timer: { cancel(): void } | undefined;
  const slept = new Promise<void>((resolve) => {
    timer = clock.setTimeout(resolve, milliseconds);
  });
  return scope.guard(slept).finally(() => timer?.cancel());
};
