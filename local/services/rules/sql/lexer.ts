import { SqlError } from './sql-error';

/** A token with its place in the statement. Words keep their spelling; the parser ignores the case of keywords. */
export interface Token {
  readonly kind: 'word' | 'variable' | 'string' | 'number' | 'symbol' | 'end';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const SYMBOLS = ['<=', '>=', '<>', '=', '<', '>', '+', '-', '*', '/', '%', '(', ')', '[', ']', '{', '}', ',', '.', ':'];
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const VARIABLE = /@[A-Za-z0-9_]{1,64}/y;
const NUMBER = /\d+(\.\d+)?([eE][+-]?\d+)?/y;
const SPACE = /\s+/y;
/** Strings have single or double quotes; a doubled quote is a quote in the string. */
const STRING = /'(?:[^']|'')*'|"(?:[^"]|"")*"/y;

const HINTS: Record<string, string> = {
  '!': 'use <> for "not equal"',
  '|': 'use + or concat() to join strings',
  "'": 'the string is not closed',
  '"': 'the string is not closed',
};

const matchAt = (pattern: RegExp, text: string, offset: number): string | undefined => {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0];
};

const unquote = (quoted: string): string => {
  const quote = quoted.charAt(0);
  return quoted.slice(1, -1).replaceAll(quote + quote, quote);
};

const tokenAt = (sql: string, start: number): Token | undefined => {
  const patterns = [
    ['word', WORD],
    ['variable', VARIABLE],
    ['number', NUMBER],
    ['string', STRING],
  ] as const;
  for (const [kind, pattern] of patterns) {
    const found = matchAt(pattern, sql, start);
    if (found !== undefined)
      return { kind, text: kind === 'string' ? unquote(found) : found, start, end: start + found.length };
  }
  const symbol = SYMBOLS.find((candidate) => sql.startsWith(candidate, start));
  return symbol === undefined ? undefined : { kind: 'symbol', text: symbol, start, end: start + symbol.length };
};

/** Splits an AWS IoT SQL text into tokens; the last one is an `end` token. @throws SqlError on a character that SQL does not have */
export const tokenize = (sql: string): Token[] => {
  const tokens: Token[] = [];
  let offset = 0;
  for (;;) {
    offset += matchAt(SPACE, sql, offset)?.length ?? 0;
    if (offset >= sql.length) break;
    const token = tokenAt(sql, offset);
    if (!token) {
      const character = sql.charAt(offset);
      const hint = HINTS[character];
      throw new SqlError(`unexpected character ${character}${hint ? ` (${hint})` : ''}`, sql, offset);
    }
    tokens.push(token);
    offset = token.end;
  }
  return [...tokens, { kind: 'end', text: '', start: sql.length, end: sql.length }];
};
