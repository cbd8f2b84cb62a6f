import { isObject, type Json, type JsonObject, objectsIn, textsIn } from './json';
import { forgetInner } from './position';
import { StateError } from './state-error';
import { follow, sleep, type StateRun, type Transition } from './state-run';

const TIMEOUTS = ['States.Timeout', 'States.HeartbeatTimeout'];

/**
 * States.Runtime "will always cause the execution to fail". Only its own name and States.TaskFailed match
 * States.DataLimitExceeded: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
const matchesError = (names: readonly string[], error: string): boolean =>
  error !== 'States.Runtime' &&
  names.some((name) => {
    if (name === error) return true;
    if (name === 'States.ALL') return error !== 'States.DataLimitExceeded';
    if (name === 'States.TaskFailed') return !TIMEOUTS.includes(error);
    return name === 'States.Timeout' && error === 'States.HeartbeatTimeout';
  });

const firstMatch = (handlers: Json | undefined, { error }: StateError): JsonObject | undefined =>
  objectsIn(handlers).find((handler) => matchesError(textsIn(handler['ErrorEquals']), error));

/** Milliseconds until the next attempt, undefined when the matching retrier has none left. */
const retryDelay = ({ state, visit }: StateRun, error: StateError): number | undefined => {
  const retrier = firstMatch(state['Retry'], error);
  if (!retrier) return undefined;
  const place = objectsIn(state['Retry']).indexOf(retrier);
  const attempt = visit.retriesOf[place] ?? 0;
  if (attempt >= Number(retrier['MaxAttempts'] ?? 3)) return undefined;
  visit.retriesOf[place] = attempt + 1;
  const seconds = Number(retrier['IntervalSeconds'] ?? 1) * Number(retrier['BackoffRate'] ?? 2) ** attempt;
  const capped = Math.min(seconds, Number(retrier['MaxDelaySeconds'] ?? Infinity));
  return capped * 1000 * (retrier['JitterStrategy'] === 'FULL' ? Math.random() : 1);
};

const handleError = async (run: StateRun, error: StateError): Promise<Transition> => {
  const catcher = firstMatch(run.state['Catch'], error);
  if (!catcher) throw error;
  return { ...(await run.language.caught(run, catcher, error.output)), next: String(catcher['Next']) };
};

const withRetryCount = (run: StateRun, RetryCount: number): StateRun => {
  const state = run.context['State'];
  return { ...run, context: { ...run.context, State: { ...(isObject(state) ? state : {}), RetryCount } } };
};

/**
 * Does the work of a Task, Parallel or Map under its Retry and Catch. They also handle errors in the state's own
 * fields: Arguments, Output, Assign. An error in a Catcher's fields fails the execution.
 */
export const withRetryAndCatch = async (
  run: StateRun,
  work: (attempt: StateRun) => Promise<Json>,
): Promise<Transition> => {
  const { visit, positions, path } = run;
  for (;;) {
    await sleep(run);
    const attempt = withRetryCount(run, visit.retries);
    try {
      return follow(run, await run.language.withResult(attempt, await work(attempt)));
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      delete visit.task;
      delete visit.begun;
      forgetInner(positions, path);
      const delay = retryDelay(run, error);
      if (delay === undefined) return handleError(attempt, error);
      visit.retries += 1;
      visit.wakeAt = run.clock.now() + delay;
    }
  }
};
