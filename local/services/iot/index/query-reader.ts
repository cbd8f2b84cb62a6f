import type { PatternPart } from '../wildcard';

/** One word or quoted phrase of a query. */
export interface Word {
  /** As written, without escapes. */
  readonly raw: string;
  /** Lower case; only characters that were neither quoted nor escaped are wildcards. */
  readonly parts: readonly PatternPart[];
  readonly quoted: boolean;
}

/** Reads a query piece by piece. Every method skips white space first. */
export interface QueryReader {
  atEnd(): boolean;
  position(): number;
  peek(characters: string): boolean;
  /** Reads the characters if they come next. */
  take(characters: string): boolean;
  peekKeyword(keyword: 'AND' | 'OR' | 'NOT' | 'TO'): boolean;
  keyword(keyword: 'AND' | 'OR' | 'NOT' | 'TO'): boolean;
  /** @param asValue whether `:` belongs to the word, as in the value of a field */
  word(asValue: boolean): Word | undefined;
}

const ENDS_WORD = /[\s()[\]{}"]/;

/** @param text the query */
export const createQueryReader = (text: string): QueryReader => {
  let at = 0;
  const skipSpace = () => {
    while (at < text.length && /\s/.test(text.charAt(at))) at += 1;
  };
  const peek = (characters: string) => {
    skipSpace();
    return text.startsWith(characters, at);
  };
  const take = (characters: string) => {
    const found = peek(characters);
    if (found) at += characters.length;
    return found;
  };
  const peekKeyword = (keyword: string) => {
    if (!peek(keyword)) return false;
    const next = text.charAt(at + keyword.length);
    return next === '' || ENDS_WORD.test(next);
  };
  const collect = (isEnd: (character: string) => boolean, quoted: boolean): Word => {
    let raw = '';
    const parts: PatternPart[] = [];
    while (at < text.length && !isEnd(text.charAt(at))) {
      const escaped = text.charAt(at) === '\\' && at + 1 < text.length;
      if (escaped) at += 1;
      const character = text.charAt(at);
      raw += character;
      if (!quoted && !escaped && character === '*') parts.push('many');
      else if (!quoted && !escaped && character === '?') parts.push('any');
      else parts.push({ character: character.toLowerCase() });
      at += 1;
    }
    return { raw, parts, quoted };
  };

  return {
    atEnd: () => {
      skipSpace();
      return at >= text.length;
    },
    position: () => at,
    peek,
    take,
    peekKeyword,
    keyword: (keyword) => {
      const found = peekKeyword(keyword);
      if (found) at += keyword.length;
      return found;
    },
    word: (asValue) => {
      if (take('"')) {
        const phrase = collect((character) => character === '"', true);
        return text.charAt(at) === '"' && (at += 1) ? phrase : undefined;
      }
      const start = at;
      const word = collect((character) => ENDS_WORD.test(character) || (!asValue && character === ':'), false);
      return at > start ? word : undefined;
    },
  };
};
