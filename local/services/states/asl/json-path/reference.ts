import type { Json } from '../json';
import { isIntrinsic, type IntrinsicName } from './intrinsics';
import { parseSteps } from './parse-path';
import type { JsonPath } from './path';
import { Scanner } from './scanner';

/** What a text in a JSONPath state refers to: `$.a` the data, `$$.a` the context object, `$name.a` a variable, or a call. */
export type Reference = PathReference | { readonly root: 'call'; readonly call: Call };

interface Path {
  /** As it is written. */
  readonly text: string;
  /** The part below the root. */
  readonly path: JsonPath;
}

export type PathReference =
  | (Path & { readonly root: 'data' | 'context' })
  | (Path & { readonly root: 'variable'; readonly name: string });

/** `States.Name(…)` */
export interface Call {
  readonly name: IntrinsicName;
  readonly values: readonly Argument[];
}

export type Argument = Reference | Literal | Text;

interface Literal {
  readonly root: 'literal';
  readonly value: Json;
}

/** A text in quotes. `parts` are the texts around each {} that is not escaped; undefined when a backslash escapes nothing. */
interface Text {
  readonly root: 'text';
  readonly raw: string;
  readonly parts?: readonly string[];
}

const TEXT = /'((?:\\.|[^'\\])*)'/sy;
const LITERAL = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

const textOf = (raw: string): Text => {
  const tokens = raw.match(/\\.|\{\}|[^\\{]+|\{/gs) ?? [];
  if (tokens.some((token) => token.startsWith('\\') && !/^\\['{}\\]$/.test(token))) return { root: 'text', raw };
  const parts = [''];
  for (const token of tokens)
    if (token === '{}') parts.push('');
    else parts.push((parts.pop() ?? '') + (token.startsWith('\\') ? token.slice(1) : token));
  return { root: 'text', raw, parts };
};

const parsePathReference = (scanner: Scanner): PathReference => {
  const start = scanner.position;
  scanner.expect(/\$/y, 'a path that begins with $');
  const context = scanner.take(/\$/y);
  const name = context ? undefined : scanner.take(/[A-Za-z_]\w*/y)?.[0];
  const path = parseSteps(scanner);
  const text = scanner.text.slice(start, scanner.position);
  return name === undefined
    ? { root: context ? 'context' : 'data', text, path }
    : { root: 'variable', name, text, path };
};

const parseArgument = (scanner: Scanner): Argument => {
  const text = scanner.take(TEXT)?.[1];
  if (text !== undefined) return textOf(text);
  const literal = scanner.take(LITERAL)?.[0];
  return literal === undefined ? parseReference(scanner) : { root: 'literal', value: JSON.parse(literal) as Json };
};

const parseCall = (scanner: Scanner, name: string): Call => {
  if (!isIntrinsic(name)) return scanner.fail(`there is no intrinsic function States.${name}: expected its arguments`);
  const values: Argument[] = [];
  if (scanner.take(/\s*\)/y)) return { name, values };
  do {
    scanner.take(/\s*/y);
    values.push(parseArgument(scanner));
  } while (scanner.take(/\s*,/y));
  scanner.expect(/\s*\)/y, ', or )');
  return { name, values };
};

const parseReference = (scanner: Scanner): Reference => {
  const name = scanner.take(/States\.(\w+)\(/y)?.[1];
  return name === undefined ? parsePathReference(scanner) : { root: 'call', call: parseCall(scanner, name) };
};

const cache = new Map<string, Reference>();

/**
 * Compiles a path or a call of an intrinsic function. Each text is compiled once, when its state machine is created.
 * @throws JsonPathError
 */
export const compileReference = (text: string): Reference => {
  const known = cache.get(text);
  if (known) return known;
  const scanner = new Scanner(text);
  const reference = parseReference(scanner);
  if (!scanner.done) scanner.fail('expected the end of the path');
  cache.set(text, reference);
  return reference;
};
