import { isObject, type Json, type JsonObject, objectsIn } from '../json';
import { referencePathKeys } from '../json-path/reference-path';
import { compileReference } from '../json-path/reference';
import { JsonPathError } from '../json-path/scanner';
import { ownersOf, type Report, type StatePlace } from './parts';

const PATHS = [
  ...['InputPath', 'OutputPath', 'ItemsPath', 'MaxConcurrencyPath', 'SecondsPath', 'TimestampPath'],
  ...['TimeoutSecondsPath', 'HeartbeatSecondsPath'],
];
const PATHS_OR_CALLS = ['ErrorPath', 'CausePath'];
const TEMPLATES = ['Parameters', 'ResultSelector', 'ItemSelector', 'Assign'];

/** The problem that `use` finds in a text, undefined when there is none. */
const problemOf = (text: Json, use: (text: string) => boolean): string | undefined => {
  if (typeof text !== 'string') return `${JSON.stringify(text)} is no text`;
  try {
    return use(text) ? undefined : `'${text}'`;
  } catch (error) {
    if (error instanceof JsonPathError) return `'${text}': ${error.message}`;
    throw error;
  }
};

const isPathOrCall = (text: string): boolean => {
  compileReference(text);
  return true;
};
const isPath = (text: string): boolean => compileReference(text).root !== 'call';
const isReferencePath = (text: string): boolean => referencePathKeys(text) !== undefined;

const validateTemplate = (template: Json, at: string, report: Report): void => {
  if (Array.isArray(template))
    for (const [index, item] of (template as readonly Json[]).entries())
      validateTemplate(item, `${at}[${index}]`, report);
  if (!isObject(template)) return;
  for (const [key, value] of Object.entries(template)) {
    if (!key.endsWith('.$')) {
      validateTemplate(value, `${at}/${key}`, report);
      continue;
    }
    const problem = problemOf(value, isPathOrCall);
    if (problem !== undefined)
      report(
        `The value for the field '${key}' must be a valid JSONPath or a valid intrinsic function call: ${problem}`,
        at,
      );
  }
};

/** The paths of a Choice rule and of the rules inside it. */
const validateRule = (rule: JsonObject, at: string, report: Report): void => {
  for (const [field, value] of Object.entries(rule)) {
    if (field !== 'Variable' && !field.endsWith('Path')) continue;
    const problem = problemOf(value, isPath);
    if (problem !== undefined) report(`Value is not a path: ${problem}`, `${at}/${field}`);
  }
  for (const list of ['And', 'Or'])
    for (const [index, inner] of objectsIn(rule[list]).entries())
      validateRule(inner, `${at}/${list}[${index}]`, report);
  if (isObject(rule['Not'])) validateRule(rule['Not'], `${at}/Not`, report);
};

const validateOwner = (owner: JsonObject, at: string, report: Report): void => {
  const check = (field: string, kind: string, use: (text: string) => boolean) => {
    const value = owner[field];
    if (value === undefined || value === null) return;
    const problem = problemOf(value, use);
    if (problem !== undefined) report(`Value is not a ${kind}: ${problem}`, `${at}/${field}`);
  };
  for (const field of PATHS) check(field, 'path', isPath);
  for (const field of PATHS_OR_CALLS) check(field, 'path or intrinsic function', isPathOrCall);
  check('ResultPath', 'Reference Path', isReferencePath);
  for (const field of TEMPLATES) {
    const template = owner[field];
    if (template !== undefined) validateTemplate(template, `${at}/${field}`, report);
  }
};

/**
 * Refuses paths and calls of intrinsic functions that cannot be used, and a ResultPath that is no reference path on the data.
 * What is left is compiled, so that no execution has to.
 */
export const validatePaths = (place: StatePlace, report: Report): void => {
  if (place.jsonata) return;
  for (const [at, owner] of ownersOf(place)) validateOwner(owner, at, report);
  for (const [index, rule] of objectsIn(place.state['Choices']).entries())
    validateRule(rule, `${place.at}/Choices[${index}]`, report);
};
