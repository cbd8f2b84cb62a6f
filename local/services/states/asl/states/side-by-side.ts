import type { Json } from '../json';
import { Scope } from '../scope';
import { StateError } from '../state-error';
import type { StateRun } from '../state-run';

/** Runs branches or iterations side by side; the first failure cancels the others and is the failure of all. */
export const runSideBySide = async (
  { scope, history }: StateRun,
  parts: readonly ((scope: Scope) => Promise<Json>)[],
  type: 'Parallel' | 'Map',
): Promise<Json> => {
  const inner = new Scope(scope);
  history.add(`${type}StateStarted`, type === 'Map' ? { mapStateStartedEventDetails: { length: parts.length } } : {});
  try {
    const outputs = await scope.guard(Promise.all(parts.map((part) => part(inner))));
    history.add(`${type}StateSucceeded`, {});
    return outputs;
  } catch (error) {
    if (error instanceof StateError) history.add(`${type}StateFailed`, {});
    throw error;
  } finally {
    inner.cancel();
  }
};
