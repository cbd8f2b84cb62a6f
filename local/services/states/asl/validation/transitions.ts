import type { JsonObject } from '../json';
import { catchersOf, choicesOf, type Report, type StatePlace } from './parts';

type Target = readonly [at: string, name: string];

const targetsOf = (place: StatePlace): readonly Target[] => {
  const { state, at } = place;
  const found = [
    ...['Next', 'Default'].map((field) => [`${at}/${field}`, state[field]] as const),
    ...[...choicesOf(place), ...catchersOf(place)].map(([partAt, { Next }]) => [`${partAt}/Next`, Next] as const),
  ];
  return found.flatMap(([targetAt, name]) => (typeof name === 'string' ? [[targetAt, name] as const] : []));
};

const isTerminal = ({ state }: StatePlace): boolean =>
  state['End'] === true || state['Type'] === 'Succeed' || state['Type'] === 'Fail';

const reachableFrom = (start: string, places: ReadonlyMap<string, StatePlace>): ReadonlySet<string> => {
  const reached = new Set([start]);
  for (const name of reached) {
    const place = places.get(name);
    if (place) for (const [, target] of targetsOf(place)) reached.add(target);
  }
  return reached;
};

/**
 * Refuses transitions to states that do not exist, states that nothing leads to, and states that end in no way. A scope is the
 * machine, a branch or an iteration. The codes: API_ValidateStateMachineDefinitionDiagnostic of the API reference.
 */
export const validateTransitions = (
  scope: JsonObject,
  at: string,
  states: readonly StatePlace[],
  report: Report,
): void => {
  const start = scope['StartAt'];
  if (typeof start !== 'string') return report('These fields are required: [StartAt]', at === '' ? '/' : at);
  const places = new Map(states.map((place) => [place.name, place]));
  for (const [targetAt, name] of [[`${at}/StartAt`, start] as const, ...states.flatMap(targetsOf)])
    if (!places.has(name)) report(`Missing 'Next' target: ${name}`, targetAt, 'MISSING_TRANSITION_TARGET');
  for (const place of states)
    if (!isTerminal(place) && place.state['Type'] !== 'Choice' && place.state['Next'] === undefined)
      report('A state that is no Choice, Succeed or Fail needs Next or End', place.at);
  if (!states.some(isTerminal)) return report('Workflow has no terminal state', null, 'MISSING_END_STATE');
  const reachable = reachableFrom(start, places);
  for (const place of states)
    if (!reachable.has(place.name))
      report(`State "${place.name}" is not reachable.`, place.at, 'MISSING_TRANSITION_TARGET');
};
