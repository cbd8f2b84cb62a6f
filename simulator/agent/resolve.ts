import { type DataObject, objectsOf } from './data-model';
import { ERR, type Problem } from './errors';
import { type Condition, type Segment, genericPathOf, parsePath, splitPath } from './paths';
import { parseBoolean } from './param-values';
import { supportedObject, supportedRow } from './supported-model';
import type { AgentState, Params } from './types';

/** What an object path matches. */
export interface Resolved {
  /** The objects named by the path; a table itself is not an object. */
  readonly exact: readonly DataObject[];
  /** These and all their descendants; for a table, its rows. */
  readonly subtree: readonly DataObject[];
  readonly segments: readonly Segment[];
  /** Only a path with a wildcard or search expression may match nothing. */
  readonly isSearch: boolean;
}

const compare = (operator: string, left: number | string, right: number | string): boolean => {
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '<=':
      return left <= right;
    default:
      return left >= right;
  }
};

const conditionHolds = ({ operator, value: expected }: Condition, value: string, type: string): boolean => {
  if (operator === '~=') return value.split(',').includes(expected);
  if (type === 'boolean')
    return compare(operator, String(parseBoolean(value) ?? value), String(parseBoolean(expected) ?? expected));
  return type === 'unsignedInt'
    ? compare(operator, Number(value), Number(expected))
    : compare(operator, value, expected);
};

const matches = (objects: ReadonlyMap<string, DataObject>, segments: readonly Segment[], names: readonly string[]) =>
  segments.every((segment, index) => {
    if (segment.kind === 'any') return true;
    if (segment.kind !== 'search') return segment.name === names[index];
    const path = `${names.slice(0, index + 1).join('.')}.`;
    const value = (param: string) => objects.get(path)?.params[param];
    return segment.conditions.every((condition) => {
      const type = supportedObject(path)?.params[condition.param]?.type ?? 'string';
      return conditionHolds(condition, value(condition.param) ?? '', type);
    });
  });

/** A parameter in a search expression that the object does not support. */
const unsupportedParam = (segments: readonly Segment[]): string | undefined =>
  segments
    .flatMap((segment, index) => {
      if (segment.kind !== 'search') return [];
      const object = supportedObject(genericPathOf(segments.slice(0, index + 1)));
      return segment.conditions.flatMap(({ param }) => (object && param in object.params ? [] : [param]));
    })
    .at(0);

const problem = (errCode: number, errMsg: string): Problem => ({ errCode, errMsg });

/**
 * Finds the objects that a path matches.
 * @param path ends in a dot
 * @returns a Problem with 7008 (malformed), 7026 (not in the Supported Data Model) or 7016 (no such instance)
 */
export const resolveObjects = (state: AgentState, path: string, now: number): Resolved | Problem => {
  const segments = path.endsWith('.') ? parsePath(path, state.config.profile.acceptsUnquotedStrings) : undefined;
  if (!segments) return problem(ERR.invalidPathSyntax, `${path}: not a path`);
  const generic = genericPathOf(segments);
  const isTable = supportedRow(generic) !== undefined;
  const unknown = unsupportedParam(segments);
  if (!isTable && !supportedObject(generic)) return problem(ERR.invalidPath, `${path}: this agent has no such object`);
  if (unknown !== undefined) return problem(ERR.invalidPath, `${path}: the object has no parameter ${unknown}`);

  const objects = new Map(objectsOf(state, now).map((object) => [object.path, object]));
  const subtree = [...objects.values()].filter((object) => {
    const names = object.path.slice(0, -1).split('.');
    return names.length >= segments.length && matches(objects, segments, names.slice(0, segments.length));
  });
  const exact = subtree.filter((object) => object.path.split('.').length - 1 === segments.length);
  const isSearch = segments.some(({ kind }) => kind === 'any' || kind === 'search');
  const parent = path.replace(/[^.]+\.$/, '');
  if (subtree.length === 0 && !isSearch && !(isTable && objects.has(parent)))
    return problem(ERR.objectDoesNotExist, `${path}: does not exist`);
  return { exact, subtree, segments, isSearch };
};

/** The parameter values that a path matches, by full path. */
export const readParams = (state: AgentState, path: string, now: number): Params => {
  const { objPath, name } = splitPath(path);
  const resolved = resolveObjects(state, objPath, now);
  if ('errCode' in resolved) return {};
  const objects = name === '' ? resolved.subtree : resolved.exact;
  return Object.fromEntries(
    objects.flatMap((object) =>
      Object.entries(object.params).flatMap(([param, value]) =>
        name === '' || name === param ? [[`${object.path}${param}`, value]] : [],
      ),
    ),
  );
};
