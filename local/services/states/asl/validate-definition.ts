import { AwsError } from '../../../core/aws-error';
import { isObject, type Json, type JsonObject, objectsIn } from './json';
import { expressionIn, syntaxErrorOf } from './jsonata/expression';

const JSONPATH_FIELDS = [
  ...['InputPath', 'OutputPath', 'Parameters', 'ResultSelector', 'ResultPath', 'Result', 'ItemsPath', 'Variable'],
  ...['TimeoutSecondsPath', 'HeartbeatSecondsPath', 'SecondsPath', 'TimestampPath', 'ErrorPath', 'CausePath'],
];
const JSONATA_FIELDS = ['Arguments', 'Output', 'Items', 'Condition'];

/** Fields that contain states, which are validated as states. */
const NESTED = ['Branches', 'ItemProcessor', 'Iterator'];

const reject = (at: string, problem: string): never => {
  throw new AwsError(
    'InvalidDefinition',
    `Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: ${problem} at ${at}'`,
  );
};

const validateExpression = (text: string, at: string, inCatch: boolean): void => {
  const expression = expressionIn(text);
  if (expression === undefined) {
    if (text.startsWith('{%') || text.endsWith('%}'))
      reject(at, 'A JSONata expression begins with {% and ends with %}, without spaces around');
    return;
  }
  const problem = syntaxErrorOf(expression);
  if (problem !== undefined) reject(at, `The JSONata expression '${expression}' is not valid: ${problem}`);
  if (!inCatch && /\$states\.errorOutput\b/.test(expression))
    reject(at, '$states.errorOutput is only available in the Assign and Output of a Catch');
};

const validateExpressions = (value: Json, at: string, inCatch: boolean): void => {
  if (typeof value === 'string') return validateExpression(value, at, inCatch);
  const parts = Array.isArray(value)
    ? (value as readonly Json[]).entries()
    : Object.entries(isObject(value) ? value : {});
  for (const [key, part] of parts) validateExpressions(part, `${at}/${key}`, inCatch || key === 'Catch');
};

/** Refuses fields of the other query language in a state, a Catcher or a rule of a Choice. */
const validateFields = (owner: JsonObject, at: string, jsonata: boolean): void => {
  const [wrong, language] = jsonata ? [JSONPATH_FIELDS, 'JSONata'] : [JSONATA_FIELDS, 'JSONPath'];
  for (const field of wrong)
    if (owner[field] !== undefined)
      reject(`${at}/${field}`, `Field is not supported when QueryLanguage is ${language}`);
};

const partsOf = (state: JsonObject): readonly (readonly [string, JsonObject])[] => [
  ['', state],
  ...['Catch', 'Choices'].flatMap((list) =>
    objectsIn(state[list]).map((part, index) => [`/${list}/${index}`, part] as const),
  ),
];

const assignedIn = (state: JsonObject): readonly string[] =>
  partsOf(state).flatMap(([, { Assign }]) => (isObject(Assign) ? Object.keys(Assign) : []));

const validateNames = (names: readonly string[], at: string, outer: ReadonlySet<string>): void => {
  for (const name of names) {
    if (name === 'states') reject(at, "The variable name 'states' is reserved");
    if (outer.has(name)) reject(at, `The variable '${name}' is already assigned in an outer scope`);
  }
};

const validateStates = (
  definition: JsonObject,
  at: string,
  machineIsJsonata: boolean,
  outer: ReadonlySet<string>,
): void => {
  const states = isObject(definition['States']) ? Object.entries(definition['States']) : [];
  const own = states.flatMap(([, state]) => (isObject(state) ? assignedIn(state) : []));
  for (const [name, state] of states) {
    if (!isObject(state)) continue;
    const here = `${at}/States/${name}`;
    const jsonata = (state['QueryLanguage'] ?? (machineIsJsonata ? 'JSONata' : 'JSONPath')) === 'JSONata';
    if (machineIsJsonata && !jsonata)
      reject(here, "A state cannot be JSONPath when the state machine's QueryLanguage is JSONata");
    for (const [place, part] of partsOf(state)) validateFields(part, here + place, jsonata);
    validateNames(assignedIn(state), here, outer);
    const values = Object.fromEntries(Object.entries(state).filter(([field]) => !NESTED.includes(field)));
    if (jsonata) validateExpressions(values, here, false);
    for (const inner of nestedIn(state)) validateStates(inner, here, machineIsJsonata, new Set([...outer, ...own]));
  }
};

const nestedIn = (state: JsonObject): readonly JsonObject[] => [
  ...objectsIn(state['Branches']),
  ...['ItemProcessor', 'Iterator'].map((field) => state[field]).filter(isObject),
];

/**
 * Refuses what CreateStateMachine refuses in the use of query languages and variables. The contract tests check the rest
 * of the schema with asl-validator.
 * @throws AwsError InvalidDefinition with the place in the definition
 */
export const validateDefinition = (definition: JsonObject): void =>
  validateStates(definition, '', definition['QueryLanguage'] === 'JSONata', new Set());
