import { isObject, type Json, type JsonObject, objectsIn } from '../json';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinitionDiagnostic.html */
export type Code = 'SCHEMA_VALIDATION_FAILED' | 'MISSING_TRANSITION_TARGET' | 'MISSING_END_STATE';

/** Takes a problem of a definition. @param at the place, as `/States/Name/Field`; null when AWS names none */
export type Report = (problem: string, at: string | null, code?: Code) => void;

/** A state in its place. */
export interface StatePlace {
  readonly name: string;
  readonly state: JsonObject;
  readonly at: string;
  readonly jsonata: boolean;
}

type Part = readonly [at: string, part: JsonObject];

const elementsOf = (state: JsonObject, at: string, list: string): readonly Part[] =>
  objectsIn(state[list]).map((part, index) => [`${at}/${list}[${index}]`, part] as const);

export const catchersOf = ({ state, at }: StatePlace): readonly Part[] => elementsOf(state, at, 'Catch');
export const retriersOf = ({ state, at }: StatePlace): readonly Part[] => elementsOf(state, at, 'Retry');
export const choicesOf = ({ state, at }: StatePlace): readonly Part[] => elementsOf(state, at, 'Choices');

/** The state itself, its Catchers and its rules: what can have Assign and Output. */
export const ownersOf = (place: StatePlace): readonly Part[] => [
  [place.at, place.state],
  ...catchersOf(place),
  ...choicesOf(place),
];

/** Branches and iterations: they contain states. */
export const scopesIn = ({ state, at }: StatePlace): readonly Part[] => [
  ...elementsOf(state, at, 'Branches'),
  ...['ItemProcessor', 'Iterator'].flatMap((field): readonly Part[] => {
    const scope: Json | undefined = state[field];
    return isObject(scope) ? [[`${at}/${field}`, scope]] : [];
  }),
];
