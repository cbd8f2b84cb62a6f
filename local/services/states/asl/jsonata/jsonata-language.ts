import type { Clock } from '../../../../core/clock';
import { isObject, type Json, type JsonObject, objectsIn } from '../json';
import type { Outcome, QueryLanguage, StateScope } from '../query-language';
import { StateError } from '../state-error';
import { evaluateExpression, expressionIn, JsonataError } from './expression';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_EvaluationFailedEventDetails.html */
interface EvaluationFailure {
  readonly state: string;
  readonly error: string;
  readonly cause: string;
  readonly location: string;
}

/** What `$states` contains besides input and context: the result in Output and Assign, the error output in those of a Catch. */
interface Extra {
  readonly result?: Json;
  readonly errorOutput?: JsonObject;
}

/** The place of a Catcher or a rule in its state, such as `Catch/0/`; empty for the state itself. */
const prefixOf = ({ state }: StateScope, owner: JsonObject): string => {
  for (const list of ['Catch', 'Choices']) {
    const index = objectsIn(state[list]).indexOf(owner);
    if (index >= 0) return `${list}/${index}/`;
  }
  return '';
};

/** JSONata: https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html */
export const createJsonata = (clock: Clock): QueryLanguage => {
  /** @param location of the field in the state: `Output/list/0` */
  const failure = (scope: StateScope, location: string, what: string): StateError => {
    const error = 'States.QueryEvaluationError';
    const { name: state, enteredEventId, history } = scope;
    const cause = `An error occurred while executing the state '${state}' (entered at the event id #${enteredEventId}). ${what}`;
    const details: EvaluationFailure = { state, error, cause, location };
    history.add('EvaluationFailed', { evaluationFailedEventDetails: details });
    return new StateError(error, cause);
  };

  const fill = (scope: StateScope, location: string, template: Json, extra: Extra = {}): Promise<Json> => {
    const { input, context, variables } = scope;
    const bindings = { ...variables.all(), states: { input, context, ...extra } };
    const evaluate = async (text: string, at: string): Promise<Json> => {
      const expression = expressionIn(text);
      if (expression === undefined) return text;
      try {
        return await evaluateExpression(expression, bindings, clock.now());
      } catch (error) {
        if (!(error instanceof JsonataError)) throw error;
        throw failure(
          scope,
          at,
          `The JSONata expression '${expression}' specified for the field '${at}' ${error.message}`,
        );
      }
    };
    const fillAt = async (part: Json, at: string): Promise<Json> => {
      if (typeof part === 'string') return evaluate(part, at);
      // One after the other: AWS stops at the first expression that fails.
      if (Array.isArray(part)) {
        const items: Json[] = [];
        for (const [index, item] of (part as readonly Json[]).entries())
          items.push(await fillAt(item, `${at}/${index}`));
        return items;
      }
      if (!isObject(part)) return part;
      const filled: [string, Json][] = [];
      for (const [key, value] of Object.entries(part)) filled.push([key, await fillAt(value, `${at}/${key}`)]);
      return Object.fromEntries(filled);
    };
    return fillAt(template, location);
  };

  /** Output and Assign of a state, a Catcher or a rule. Both see the variables as they were before. */
  const outcomeOf = async (
    scope: StateScope,
    owner: JsonObject,
    otherwise: Json,
    extra: Extra = {},
  ): Promise<Outcome> => {
    const { Output, Assign } = owner;
    const at = prefixOf(scope, owner);
    const assigned = Assign === undefined ? undefined : await fill(scope, `${at}Assign`, Assign, extra);
    const output = Output === undefined ? otherwise : await fill(scope, `${at}Output`, Output, extra);
    return { output, ...(isObject(assigned) && { assigned }) };
  };

  const field = async (scope: StateScope, name: string): Promise<Json | undefined> => {
    const template = scope.state[name];
    return template === undefined ? undefined : fill(scope, name, template);
  };

  /** A field, or `otherwise` when the state has none. Null is a value of the field. */
  const fieldOr = async (scope: StateScope, name: string, otherwise: Json): Promise<Json> => {
    const value = await field(scope, name);
    return value === undefined ? otherwise : value;
  };

  const unexpected = (scope: StateScope, name: string, template: Json | undefined, expected: string, value: Json) => {
    const text = typeof template === 'string' ? (expressionIn(template) ?? template) : JSON.stringify(template);
    const type = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
    return failure(
      scope,
      name,
      `The JSONata expression '${text}' specified for the field '${name}' returned an unexpected result type. ` +
        `Expected ${expected}, but was '${type}' for value: ${JSON.stringify(value)}`,
    );
  };

  return {
    field,
    invalidField: (scope, name, expected, value) => unexpected(scope, name, scope.state[name], expected, value),
    argumentsOf: (scope) => fieldOr(scope, 'Arguments', scope.input),
    withResult: (scope, result) => outcomeOf(scope, scope.state, result, { result }),
    withoutResult: (scope) => outcomeOf(scope, scope.state, scope.input),
    caught: (scope, catcher, errorOutput) => outcomeOf(scope, catcher, errorOutput, { errorOutput }),
    ruleApplies: async (scope, rule) => {
      const { Condition = false } = rule;
      const at = `${prefixOf(scope, rule)}Condition`;
      const value = await fill(scope, at, Condition);
      if (typeof value !== 'boolean') throw unexpected(scope, at, Condition, "'boolean'", value);
      return value;
    },
    chosen: (scope, chosen) => outcomeOf(scope, chosen, scope.input),
    items: (scope) => fieldOr(scope, 'Items', scope.input),
    itemInput: (scope, item) => fieldOr(scope, 'ItemSelector', item),
  };
};
