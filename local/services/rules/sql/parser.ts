import { topicFilter } from '../../mqtt/topic-filter';
import type { BinaryOperator, Expression, ProtoReference, SelectItem, SelectList, Statement } from './ast';
import { type CallParser, createCallParser } from './parse-call';
import { type TokenReader, createTokenReader } from './token-reader';

/** AWS IoT refuses a statement with more protobuf decodes than this. */
const MAX_PROTO_DECODES = 2;
/** AWS IoT allows so many variables in a SET clause. */
const MAX_VARIABLES = 10;

/** Words that cannot be the name of a field at the start of a path. */
const RESERVED = new Set(
  'SELECT FROM WHERE AS SET AND OR NOT IN CASE WHEN THEN ELSE END EXISTS VALUE LIKE BETWEEN'.split(' '),
);

/** Binary operators, from the weakest binding to the strongest. */
const PRECEDENCE: readonly (readonly BinaryOperator[])[] = [
  ['OR'],
  ['AND'],
  ['=', '<>', '<=', '>=', '<', '>', 'IN'],
  ['+', '-'],
  ['*', '/', '%'],
];
const NOT_LEVEL = 2;

interface ParserState {
  readonly tokens: TokenReader;
  readonly variables: Map<string, Expression>;
  readonly schemas: ProtoReference[];
  /** Substitution templates may use variables that are defined elsewhere. */
  readonly knownVariables: ReadonlySet<string>;
}

const createExpressionParser = ({ tokens, variables, schemas, knownVariables }: ParserState) => {
  const expression = (level = 0): Expression => {
    const operators = PRECEDENCE[level];
    if (!operators) return unary();
    if (level === NOT_LEVEL && tokens.accept('NOT')) return { kind: 'not', operand: expression(level) };
    let left = expression(level + 1);
    for (;;) {
      const operator = operators.find((candidate) => tokens.accept(candidate));
      if (!operator) return left;
      left = { kind: 'binary', operator, left, right: expression(level + 1) };
    }
  };

  const unary = (): Expression => {
    if (tokens.accept('-')) return { kind: 'negate', operand: unary() };
    if (tokens.accept('EXISTS')) return { kind: 'exists', operand: unary() };
    return postfix(primary());
  };

  const postfix = (start: Expression): Expression => {
    let of = start;
    for (;;) {
      if (tokens.accept('.')) {
        const name = tokens.next();
        if (name.kind !== 'word') tokens.fail('expected the name of a field after the dot', name);
        of = { kind: 'member', of, key: { kind: 'literal', value: name.text } };
      } else if (tokens.accept('[')) {
        const key = expression();
        tokens.expect(']');
        of = { kind: 'member', of, key };
      } else return of;
    }
  };

  const list = (close: string, item: () => void) => {
    if (tokens.accept(close)) return;
    do item();
    while (tokens.accept(','));
    tokens.expect(close);
  };

  const array = (): Expression => {
    const items: Expression[] = [];
    list(']', () => items.push(expression()));
    return { kind: 'array', items };
  };

  const object = (): Expression => {
    const entries: [string, Expression][] = [];
    list('}', () => {
      const key = tokens.next();
      if (key.kind !== 'string' && key.kind !== 'word') tokens.fail('expected a key of the object', key);
      tokens.expect(':');
      entries.push([key.text, expression()]);
    });
    return { kind: 'object', entries };
  };

  const parenthesized = (): Expression => {
    if (!tokens.accept('SELECT')) {
      const inner = expression();
      tokens.expect(')');
      return inner;
    }
    const select = selectList();
    tokens.expect('FROM');
    const from = expression();
    const where = tokens.accept('WHERE') ? expression() : undefined;
    tokens.expect(')');
    return { kind: 'query', select, from, ...(where ? { where } : {}) };
  };

  const caseExpression = (): Expression => {
    const subject = expression();
    const whens: { match: Expression; result: Expression }[] = [];
    while (tokens.accept('WHEN')) {
      const match = expression();
      tokens.expect('THEN');
      whens.push({ match, result: expression() });
    }
    if (whens.length === 0) tokens.fail('expected WHEN after CASE <value>');
    const otherwise = tokens.accept('ELSE') ? expression() : undefined;
    tokens.expect('END');
    return { kind: 'case', subject, whens, ...(otherwise ? { otherwise } : {}) };
  };

  const variable = (): Expression => {
    const token = tokens.next();
    if (!variables.has(token.text) && !knownVariables.has(token.text))
      tokens.fail(`variable ${token.text} is not defined by a SET clause before it`, token);
    return { kind: 'variable', name: token.text };
  };

  const word = (): Expression => {
    const token = tokens.next();
    const upper = token.text.toUpperCase();
    if (tokens.peek().text === '(' && tokens.peek().kind === 'symbol' && !RESERVED.has(upper)) return call(token);
    if (upper === 'CASE') return caseExpression();
    if (upper === 'TRUE' || upper === 'FALSE') return { kind: 'literal', value: upper === 'TRUE' };
    if (upper === 'NULL') return { kind: 'literal', value: null };
    if (upper === 'UNDEFINED') return { kind: 'literal', value: undefined };
    if (RESERVED.has(upper)) return tokens.fail(`expected a value but found ${token.text}`, token);
    return { kind: 'field', name: token.text };
  };

  const primary = (): Expression => {
    const token = tokens.peek();
    if (token.kind === 'word') return word();
    if (token.kind === 'variable') return variable();
    if (token.kind === 'string') return { kind: 'literal', value: tokens.next().text };
    if (token.kind === 'number') return { kind: 'literal', value: Number(tokens.next().text) };
    if (tokens.accept('(')) return parenthesized();
    if (tokens.accept('[')) return array();
    if (tokens.accept('{')) return object();
    return tokens.fail(`expected a value but found ${token.text || 'the end'}`);
  };

  const call: CallParser = createCallParser(tokens, expression, list, (schema, at) => {
    schemas.push(schema);
    if (schemas.length > MAX_PROTO_DECODES)
      tokens.fail(`AWS IoT allows at most ${MAX_PROTO_DECODES} decode(…, 'proto', …) in one statement`, at);
  });

  /** Without an alias the last name of a path is the name, and the text of any other expression. */
  const defaultPath = (value: Expression, text: string): string[] => {
    if (value.kind === 'field') return [value.name];
    if (value.kind === 'member' && value.key.kind === 'literal' && typeof value.key.value === 'string')
      return [value.key.value];
    return [text.trim()];
  };

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

  const selectList = (): SelectList => {
    if (tokens.accept('VALUE')) {
      return { kind: 'value', value: tokens.accept('*') ? { kind: 'star' } : expression() };
    }
    const items = [selectItem()];
    while (tokens.accept(',')) items.push(selectItem());
    return { kind: 'items', items };
  };

  return { expression, selectList };
};

const setClause = ({ tokens, variables }: ParserState, expression: () => Expression) => {
  do {
    const name = tokens.next();
    if (name.kind !== 'variable') tokens.fail('expected a @variable in the SET clause', name);
    if (variables.has(name.text)) tokens.fail(`variable ${name.text} is already set`, name);
    if (variables.size === MAX_VARIABLES) tokens.fail(`a SET clause may have ${MAX_VARIABLES} variables at most`, name);
    tokens.expect('=');
    variables.set(name.text, expression());
  } while (tokens.accept(','));
};

const atEnd = (tokens: TokenReader) => {
  const rest = tokens.peek();
  if (rest.kind !== 'end') tokens.fail(`unexpected ${rest.text}`);
};

/** Parses the SQL statement of a rule. @throws SqlError that shows the place, also for a function that does not exist */
export const parseStatement = (sql: string): Statement => {
  const tokens = createTokenReader(sql);
  const state: ParserState = { tokens, variables: new Map(), schemas: [], knownVariables: new Set() };
  const { expression, selectList } = createExpressionParser(state);
  if (tokens.accept('SET')) setClause(state, () => expression());
  tokens.expect('SELECT');
  const select = selectList();
  tokens.expect('FROM');
  const topic = tokens.next();
  if (topic.kind !== 'string') tokens.fail("expected a topic filter in quotes after FROM, such as 'a/+/b'", topic);
  const from = filterOf(tokens, topic.text);
  const where = tokens.accept('WHERE') ? expression() : undefined;
  atEnd(tokens);
  return { variables: state.variables, select, from, schemas: state.schemas, ...(where ? { where } : {}) };
};

const filterOf = (tokens: TokenReader, text: string) => {
  try {
    return topicFilter(text);
  } catch (error) {
    return tokens.fail(error instanceof Error ? error.message : String(error));
  }
};

/**
 * Parses one expression, as it stands in a substitution template.
 * @param knownVariables of the statement the template belongs to
 * @throws SqlError
 */
export const parseExpression = (text: string, knownVariables: ReadonlySet<string>): Expression => {
  const tokens = createTokenReader(text);
  const state: ParserState = { tokens, variables: new Map(), schemas: [], knownVariables };
  const parsed = createExpressionParser(state).expression();
  atEnd(tokens);
  if (state.schemas.length > 0)
    tokens.fail("decode(…, 'proto', …) is not possible in a substitution template; use SET");
  return parsed;
};
