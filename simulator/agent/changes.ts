import { type DataObject, SUBSCRIPTIONS, objectsOf, rowsOf, uniqueKeysOf } from './data-model';
import { inTurn, objectCreation, objectDeletion, valueChange } from './notifications';
import type { AgentState, Changes, Transition } from './types';

/** Counts all the time: nobody is told. */
const isCounter = (param: string) => param === 'UpTime';

const byPath = (state: AgentState, now: number): Map<string, DataObject> =>
  new Map(objectsOf(state, now).map((object) => [object.path, object]));

export const NO_CHANGES: Changes = { values: {}, created: [], deleted: [] };

/** What a controller would read differently. */
export const changesBetween = (before: AgentState, after: AgentState, now: number): Changes => {
  const old = byPath(before, now);
  const current = byPath(after, now);
  const values = [...current.values()].flatMap(({ path, params }): [string, string][] => {
    const known = old.get(path)?.params;
    if (!known) return [];
    return Object.entries(params).flatMap(([param, value]) =>
      known[param] === value || isCounter(param) ? [] : [[`${path}${param}`, value] satisfies [string, string]],
    );
  });
  return {
    values: Object.fromEntries(values),
    created: [...current.values()].filter(({ path }) => !old.has(path)).map(({ path, params }) => ({ path, params })),
    deleted: [...old.keys()].filter((path) => !current.has(path)),
  };
};

/** ValueChange, ObjectCreation and ObjectDeletion, for those who subscribed. */
export const tellChanges = (state: AgentState, now: number, { values, created, deleted }: Changes): Transition =>
  inTurn(state, [
    ...Object.entries(values).map(
      ([path, value]) =>
        (current: AgentState) =>
          valueChange(current, now, path, value),
    ),
    ...created.map((row) => (current: AgentState) => objectCreation(current, now, row.path, uniqueKeysOf(row))),
    ...deleted.map((path) => (current: AgentState) => objectDeletion(current, now, path)),
  ]);

const watches = ['ValueChange', 'ObjectCreation', 'ObjectDeletion'];

/** Adds what is to be told of the changes that a transition made; a boot tells its own. */
export const withChangesTold = (before: AgentState, transition: Transition, now: number): Transition => {
  const { state, actions } = transition;
  if (state === before || state.boots !== before.boots) return transition;
  // Comparing costs more than most inputs do.
  if (!rowsOf(state, SUBSCRIPTIONS).some(({ params }) => watches.includes(params['NotifType'] ?? '')))
    return transition;
  const told = tellChanges(state, now, changesBetween(before, state, now));
  return { state: told.state, actions: [...actions, ...told.actions] };
};
