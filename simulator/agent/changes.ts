import { type DataObject, SUBSCRIPTIONS, objectsOf, rowsOf, uniqueKeysOf } from './data-model';
import { inSequence, objectCreation, objectDeletion, valueChange } from './notifications';
import type { AgentState, Changes, Transition } from './types';

/** Changes constantly, so it causes no ValueChange. */
const isCounter = (param: string) => param === 'UpTime';

const byPath = (state: AgentState, now: number): Map<string, DataObject> =>
  new Map(objectsOf(state, now).map((object) => [object.path, object]));

export const NO_CHANGES: Changes = { values: {}, created: [], deleted: [] };

/** The differences between two states, as a controller would read them. */
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

/** Sends ValueChange, ObjectCreation and ObjectDeletion to their subscriptions. */
export const notifyChanges = (state: AgentState, now: number, { values, created, deleted }: Changes): Transition =>
  inSequence(state, [
    ...Object.entries(values).map(
      ([path, value]) =>
        (current: AgentState) =>
          valueChange(current, now, path, value),
    ),
    ...created.map((row) => (current: AgentState) => objectCreation(current, now, row.path, uniqueKeysOf(row))),
    ...deleted.map((path) => (current: AgentState) => objectDeletion(current, now, path)),
  ]);

const CHANGE_TYPES = ['ValueChange', 'ObjectCreation', 'ObjectDeletion'];

/** Adds the notifications of the changes that a transition made, except a boot: `notifyBoot` sends those. */
export const withChangeNotifications = (before: AgentState, transition: Transition, now: number): Transition => {
  const { state, actions } = transition;
  if (state === before || state.boots !== before.boots) return transition;
  // Comparing two states costs more than handling most inputs.
  if (!rowsOf(state, SUBSCRIPTIONS).some(({ params }) => CHANGE_TYPES.includes(params['NotifType'] ?? '')))
    return transition;
  const notified = notifyChanges(state, now, changesBetween(before, state, now));
  return { state: notified.state, actions: [...actions, ...notified.actions] };
};
