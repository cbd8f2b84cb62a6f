import { isObject, type Json } from '../json';
import { withRetryAndCatch } from '../retry-and-catch';
import { Cancelled, type Scope } from '../scope';
import { runtimeError } from '../state-error';
import type { StateRun, StateType } from '../state-run';
import { runSideBySide } from './side-by-side';

/** Runs at most `limit` pieces of work at a time, in that many lanes: each starts after the previous one in its lane. */
const inLanes = (limit: number) => {
  const lanes = Array.from({ length: Math.max(1, limit) }, () => Promise.resolve());
  return <T>(index: number, work: () => Promise<T>): Promise<T> => {
    const lane = index % lanes.length;
    const result = (lanes[lane] ?? Promise.resolve()).then(work);
    lanes[lane] = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  };
};

/** Records the iteration in the history: https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html */
const recorded = async (run: StateRun, index: number, path: string, iteration: () => Promise<Json>): Promise<Json> => {
  const { name, history, positions } = run;
  const before = positions.get(path);
  if (before?.ended) return before.ended.output;
  const record = (what: 'Started' | 'Succeeded' | 'Failed' | 'Aborted') =>
    history.add(`MapIteration${what}`, { [`mapIteration${what}EventDetails`]: { name, index } });
  if (!before) record('Started');
  try {
    const output = await iteration();
    record('Succeeded');
    return output;
  } catch (error) {
    record(error instanceof Cancelled ? 'Aborted' : 'Failed');
    throw error;
  }
};

const iterate = async (run: StateRun): Promise<Json> => {
  const { state, language, name, variables, runStates } = run;
  const processor = state['ItemProcessor'] ?? state['Iterator'];
  if (!isObject(processor)) throw runtimeError(`'${name}' has no ItemProcessor`);
  const items = await language.items(run);
  if (!Array.isArray(items)) throw language.invalidField(run, 'Items', "'array'", items);
  const list: readonly Json[] = items;
  const inTurn = inLanes(Number((await language.field(run, 'MaxConcurrency')) ?? 0) || list.length);
  const iterations = list.map(
    (item, index) => (scope: Scope, path: string) =>
      inTurn(index, async () => {
        if (scope.cancelled) throw new Cancelled();
        return recorded(run, index, path, async () => {
          const context = { ...run.context, Map: { Item: { Index: index, Value: item } } };
          const input = await language.itemInput({ ...run, context }, item);
          return runStates(processor, input, path, variables, scope, context);
        });
      }),
  );
  return runSideBySide(run, 'Map', iterations);
};

/** Inline: https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html */
export const map: StateType = (run) => withRetryAndCatch(run, iterate);
