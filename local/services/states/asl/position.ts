import type { Json } from './json';

/** A call of a task, as far as it has come. */
export interface TaskProgress {
  readonly token?: string;
  /** The history event with the parameters of the call, once it is made. */
  scheduledEventId?: number;
  /** Whether the call has returned; what is missing then is the result that is sent with the token. */
  submitted?: boolean;
  /** When the time limits pass, in milliseconds since the epoch. */
  readonly timeoutAt?: number;
  heartbeatAt?: number;
}

/** The visit of a state, as far as it has come. */
export interface Visit {
  readonly enteredEventId: number;
  readonly enteredTime: string;
  /** Retries so far, of all retriers and of each by its place in Retry. */
  retries: number;
  readonly retriesOf: Record<number, number>;
  /** When a Wait, or the pause before a retry, is over; milliseconds since the epoch. */
  wakeAt?: number;
  task?: TaskProgress;
  /** Whether its branches or iterations have begun. */
  begun?: boolean;
}

/** Where a flow is: the machine itself, a branch or an iteration. Plain data, from which the flow can go on after a restart. */
export interface Position {
  state: string;
  input: Json;
  readonly variables: Record<string, Json>;
  visit?: Visit;
  /** Of the flow, once it has ended. */
  ended?: { readonly output: Json };
}

/** The positions of an execution's flows, by their paths: `` for the machine, `/0` for its first branch, `/0/2`, … */
export type Positions = Map<string, Position>;

/** Forgets the flows within a flow: its state begins them anew, or has left them. */
export const forgetInner = (positions: Positions, path: string): void => {
  for (const inner of positions.keys()) if (inner.startsWith(`${path}/`)) positions.delete(inner);
};
