import { isObject } from '../json';
import { ownersOf, type Report, type StatePlace } from './parts';

/** The variables that a state assigns. In JSONPath a name may end in `.$`, which is no part of it. */
export const assignedIn = (place: StatePlace): readonly string[] =>
  ownersOf(place).flatMap(([, { Assign }]) =>
    isObject(Assign) ? Object.keys(Assign).map((name) => name.replace(/\.\$$/, '')) : [],
  );

/** https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html */
export const validateVariables = (place: StatePlace, outer: ReadonlySet<string>, report: Report): void => {
  for (const name of assignedIn(place)) {
    if (name === 'states') report("The variable name 'states' is reserved", place.at);
    if (outer.has(name)) report(`The variable '${name}' is already assigned in an outer scope`, place.at);
  }
};
