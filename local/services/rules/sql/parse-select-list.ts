import type { Expression, SelectItem, SelectList } from './ast';
import type { TokenReader } from './token-reader';

/** Without an alias, a path has its last name and any other expression its text. */
const defaultPath = (value: Expression, text: string): string[] => {
  if (value.kind === 'field') return [value.name];
  if (value.kind === 'member' && value.key.kind === 'literal' && typeof value.key.value === 'string')
    return [value.key.value];
  return [text.trim()];
};

/** Parses what is between SELECT and FROM. */
export const createSelectListParser = (tokens: TokenReader, expression: () => Expression): (() => SelectList) => {
  const alias = (): string[] => {
    const path: string[] = [];
    do {
      const name = tokens.next();
      if (name.kind !== 'word' && name.kind !== 'string') tokens.fail('expected a name after AS', name);
      path.push(name.text);
    } while (tokens.accept('.'));
    return path;
  };

  const selectItem = (): SelectItem => {
    if (tokens.accept('*')) return { kind: 'all' };
    const start = tokens.peek().start;
    const value = expression();
    const text = tokens.sql.slice(start, tokens.peek().start);
    return { kind: 'named', value, path: tokens.accept('AS') ? alias() : defaultPath(value, text) };
  };

  return () => {
    if (tokens.accept('VALUE')) {
      return { kind: 'value', value: tokens.accept('*') ? { kind: 'star' } : expression() };
    }
    const items = [selectItem()];
    while (tokens.accept(',')) items.push(selectItem());
    return { kind: 'items', items };
  };
};
