import { isObject, type Json } from '../json';
import type { Outcome, QueryLanguage, StateScope } from '../query-language';
import { runtimeError } from '../state-error';
import { ruleApplies } from './choice-rule';
import { type Environment, requirePath } from './environment';
import { fillTemplate } from './payload-template';
import { placeAt } from './reference-path';

const environmentOf = ({ context, variables }: StateScope, data: Json): Environment => ({ data, context, variables });

/** InputPath or OutputPath: null selects an empty object. */
const select = (scope: StateScope, field: string, data: Json): Json => {
  const path = scope.state[field];
  if (path === null) return {};
  return path === undefined ? data : requirePath(String(path), environmentOf(scope, data));
};

/** A field that is a payload template, or `otherwise` when there is none. */
const fill = (scope: StateScope, template: Json | undefined, data: Json, otherwise: Json): Json =>
  template === undefined ? otherwise : fillTemplate(template, environmentOf(scope, data));

const assigned = (scope: StateScope, template: Json | undefined, data: Json): Pick<Outcome, 'assigned'> => {
  const values = template === undefined ? undefined : fillTemplate(template, environmentOf(scope, data));
  return isObject(values) ? { assigned: values } : {};
};

/** ResultPath: null drops the result. */
const place = (path: Json | undefined, input: Json, result: Json): Json => {
  if (path === null) return input;
  return path === undefined || path === '$' ? result : placeAt(input, String(path), result);
};

const selectInput = (scope: StateScope): Json => select(scope, 'InputPath', scope.input);

const effectiveInput = (scope: StateScope): Json => {
  const data = selectInput(scope);
  return fill(scope, scope.state['Parameters'], data, data);
};

/** ResultSelector, ResultPath and OutputPath; Assign reads the result as it came. */
const outcomeOf = (scope: StateScope, result: Json): Outcome => {
  const { state, input } = scope;
  const selected = fill(scope, state['ResultSelector'], result, result);
  return {
    output: select(scope, 'OutputPath', place(state['ResultPath'], input, selected)),
    ...assigned(scope, state['Assign'], result),
  };
};

/** JSONPath: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-input-output-filtering.html */
export const jsonPath: QueryLanguage = {
  field: async (scope, name) => {
    const path = scope.state[`${name}Path`];
    return typeof path === 'string' ? requirePath(path, environmentOf(scope, selectInput(scope))) : scope.state[name];
  },
  invalidField: ({ name: state }, name, expected, value) =>
    runtimeError(`The field '${name}' of the state '${state}' is ${JSON.stringify(value)}. Expected ${expected}.`),
  argumentsOf: async (scope) => effectiveInput(scope),
  withResult: async (scope, result) => outcomeOf(scope, result),
  withoutResult: async (scope) => {
    const { Result } = scope.state;
    return outcomeOf(scope, Result === undefined ? effectiveInput(scope) : Result);
  },
  caught: async (scope, catcher, errorOutput) => ({
    output: place(catcher['ResultPath'], scope.input, errorOutput),
    ...assigned(scope, catcher['Assign'], errorOutput),
  }),
  ruleApplies: async (scope, rule) => ruleApplies(rule, environmentOf(scope, selectInput(scope))),
  chosen: async (scope, chosen) => {
    const data = selectInput(scope);
    return { output: select(scope, 'OutputPath', data), ...assigned(scope, chosen['Assign'], data) };
  },
  items: async (scope) =>
    requirePath(String(scope.state['ItemsPath'] ?? '$'), environmentOf(scope, selectInput(scope))),
  itemInput: async (scope, item) => {
    // Parameters is the older name of ItemSelector.
    const selector: Json | undefined = scope.state['ItemSelector'] ?? scope.state['Parameters'];
    return fill(scope, selector, selectInput(scope), item);
  },
};
