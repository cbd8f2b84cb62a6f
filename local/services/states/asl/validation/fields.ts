import { MAX_SECONDS } from '../fields';
import type { JsonObject } from '../json';
import { expressionIn } from '../jsonata/expression';
import { isTimestamp } from '../timestamp';
import { ownersOf, type Report, type StatePlace } from './parts';

const JSONPATH_FIELDS = [
  ...['InputPath', 'OutputPath', 'Parameters', 'ResultSelector', 'ResultPath', 'Result', 'ItemsPath', 'Variable'],
  ...['TimeoutSecondsPath', 'HeartbeatSecondsPath', 'SecondsPath', 'TimestampPath', 'ErrorPath', 'CausePath'],
];
const JSONATA_FIELDS = ['Arguments', 'Output', 'Items', 'Condition'];

const SECONDS = [
  ['Seconds', 0],
  ['TimeoutSeconds', 1],
  ['HeartbeatSeconds', 1],
] as const;

/** Literal times; those of paths and expressions are known at run time only. */
const validateTimes = (state: JsonObject, at: string, jsonata: boolean, report: Report): void => {
  const isLiteral = (field: string) => {
    const value = state[field];
    return value !== undefined && !(jsonata && typeof value === 'string' && expressionIn(value) !== undefined);
  };
  for (const [field, least] of SECONDS) {
    const value = Number.isInteger(state[field]) ? Number(state[field]) : -1;
    if (isLiteral(field) && (value < least || value > MAX_SECONDS))
      report(`Expected a whole number from ${least} to ${MAX_SECONDS}`, `${at}/${field}`);
  }
  if (isLiteral('Timestamp') && !isTimestamp(state['Timestamp']))
    report('Expected an ISO 8601 timestamp with a time zone, such as 2026-01-01T00:00:00Z', `${at}/Timestamp`);
};

/** Refuses fields of the other query language, and literal times that are none. */
export const validateFields = (place: StatePlace, report: Report): void => {
  const { state, at, jsonata } = place;
  const [wrong, language] = jsonata ? [JSONPATH_FIELDS, 'JSONata'] : [JSONATA_FIELDS, 'JSONPath'];
  for (const [ownerAt, owner] of ownersOf(place))
    for (const field of wrong)
      if (owner[field] !== undefined)
        report(`Field is not supported when QueryLanguage is ${language}`, `${ownerAt}/${field}`);
  validateTimes(state, at, jsonata, report);
};
