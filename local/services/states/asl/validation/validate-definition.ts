import { AwsError } from '../../../../core/aws-error';
import { isObject, type JsonObject } from '../json';
import { validateErrorNames } from './error-names';
import { validateExpressions } from './expressions';
import { validateFields } from './fields';
import { type Report, scopesIn, type StatePlace } from './parts';
import { validatePaths } from './paths';
import { validateTransitions } from './transitions';
import { assignedIn, validateVariables } from './variables';

const placesIn = (scope: JsonObject, at: string, machineIsJsonata: boolean): readonly StatePlace[] =>
  Object.entries(isObject(scope['States']) ? scope['States'] : {}).flatMap(([name, state]) => {
    if (!isObject(state)) return [];
    const language = state['QueryLanguage'] ?? (machineIsJsonata ? 'JSONata' : 'JSONPath');
    return [{ name, state, at: `${at}/States/${name}`, jsonata: language === 'JSONata' }];
  });

const validateState = (place: StatePlace, machineIsJsonata: boolean, report: Report): void => {
  if (machineIsJsonata && !place.jsonata)
    report("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine", place.at);
  validateFields(place, report);
  validatePaths(place, report);
  validateExpressions(place, report);
  validateErrorNames(place, report);
};

const validateScope = (
  scope: JsonObject,
  at: string,
  machineIsJsonata: boolean,
  outer: ReadonlySet<string>,
  report: Report,
): void => {
  if (!isObject(scope['States'])) report('These fields are required: [States]', at === '' ? '/' : at);
  const places = placesIn(scope, at, machineIsJsonata);
  const visible = new Set([...outer, ...places.flatMap(assignedIn)]);
  for (const place of places) {
    validateState(place, machineIsJsonata, report);
    validateVariables(place, outer, report);
    for (const [innerAt, inner] of scopesIn(place)) validateScope(inner, innerAt, machineIsJsonata, visible, report);
  }
  validateTransitions(scope, at, places, report);
};

/**
 * Refuses what CreateStateMachine refuses in the use of transitions, paths, query languages, variables and error names. The
 * contract tests check the rest of the schema with asl-validator.
 * @throws AwsError InvalidDefinition with every problem and its place in the definition
 */
export const validateDefinition = (definition: JsonObject): void => {
  const problems: string[] = [];
  const report: Report = (problem, at, code = 'SCHEMA_VALIDATION_FAILED') => {
    problems.push(`${code}: ${problem} at ${at}`);
  };
  validateScope(definition, '', definition['QueryLanguage'] === 'JSONata', new Set(), report);
  if (problems.length > 0)
    throw new AwsError('InvalidDefinition', `Invalid State Machine Definition: '${problems.join(', ')}'`);
};
