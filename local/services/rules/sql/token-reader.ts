import { type Token, tokenize } from './lexer';
import { SqlError } from './sql-error';

/** Reads the tokens of a statement one by one. */
export interface TokenReader {
  readonly sql: string;
  peek(): Token;
  next(): Token;
  /** Takes the next token if it is this symbol or (without case) this keyword. */
  accept(text: string): boolean;
  /** @throws SqlError when the next token is something else */
  expect(text: string): void;
  fail(problem: string, at?: Token): never;
}

export const createTokenReader = (sql: string): TokenReader => {
  const tokens = tokenize(sql);
  let position = 0;
  const end: Token = { kind: 'end', text: '', start: sql.length, end: sql.length };
  const peek = () => tokens[position] ?? end;
  const fail = (problem: string, at: Token = peek()): never => {
    throw new SqlError(problem, sql, at.start);
  };
  const accept = (text: string) => {
    const { kind, text: found } = peek();
    const fits = kind === 'symbol' ? found === text : kind === 'word' && found.toUpperCase() === text;
    if (fits) position += 1;
    return fits;
  };
  return {
    sql,
    peek,
    fail,
    accept,
    next: () => {
      const token = peek();
      position += 1;
      return token;
    },
    expect: (text) => {
      if (!accept(text)) fail(`expected ${text} but found ${peek().text || 'the end'}`);
    },
  };
};
