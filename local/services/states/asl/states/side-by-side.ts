import type { Json } from '../json';
import { Scope } from '../scope';
import { StateError } from '../state-error';
import type { StateRun } from '../state-run';

/**
 * Runs branches or iterations side by side. The first failure cancels the others and is the failure of all, as soon as all
 * have ended: nothing happens in a sibling after the state has failed.
 */
export const runSideBySide = async (
  { scope, history }: StateRun,
  type: 'Parallel' | 'Map',
  parts: readonly ((scope: Scope) => Promise<Json>)[],
): Promise<Json> => {
  const inner = new Scope(scope);
  const failures: unknown[] = [];
  const endAll = (error: unknown) => {
    failures.push(error);
    inner.cancel();
    return null;
  };
  history.add(`${type}StateStarted`, type === 'Map' ? { mapStateStartedEventDetails: { length: parts.length } } : {});
  const outputs = await Promise.all(parts.map((part) => part(inner).catch(endAll)));
  inner.cancel();
  if (failures.length === 0) {
    history.add(`${type}StateSucceeded`, {});
    return outputs;
  }
  if (failures[0] instanceof StateError) history.add(`${type}StateFailed`, {});
  throw failures[0];
};
