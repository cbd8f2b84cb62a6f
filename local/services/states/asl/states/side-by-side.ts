import type { Json } from '../json';
import { forgetInner } from '../position';
import { Scope } from '../scope';
import { StateError } from '../state-error';
import type { StateRun } from '../state-run';

/**
 * Runs branches or iterations side by side. The first failure cancels the others and is the failure of all, as soon as all
 * have ended: nothing happens in a sibling after the state has failed.
 */
export const runSideBySide = async (
  { scope, history, visit, positions, path }: StateRun,
  type: 'Parallel' | 'Map',
  parts: readonly ((scope: Scope, path: string) => Promise<Json>)[],
): Promise<Json> => {
  const inner = new Scope(scope);
  const failures: unknown[] = [];
  const endAll = (error: unknown) => {
    failures.push(error);
    inner.cancel();
    return null;
  };
  if (!visit.begun) {
    history.add(`${type}StateStarted`, type === 'Map' ? { mapStateStartedEventDetails: { length: parts.length } } : {});
    visit.begun = true;
  }
  const outputs = await Promise.all(parts.map((part, index) => part(inner, `${path}/${index}`).catch(endAll)));
  inner.cancel();
  if (failures.length === 0) {
    history.add(`${type}StateSucceeded`, {});
    forgetInner(positions, path);
    return outputs;
  }
  if (failures[0] instanceof StateError) history.add(`${type}StateFailed`, {});
  throw failures[0];
};
