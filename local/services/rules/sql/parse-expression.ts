import type { BinaryOperator, Expression, ProtoReference } from './ast';
import { type CallParser, createCallParser } from './parse-call';
import { createSelectListParser } from './parse-select-list';
import type { TokenReader } from './token-reader';

/** AWS IoT refuses a statement with more protobuf decodes than this. */
const MAX_PROTO_DECODES = 2;

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

export interface ParserState {
  readonly tokens: TokenReader;
  readonly variables: Map<string, Expression>;
  readonly schemas: ProtoReference[];
  /** Substitution templates may use variables that are defined elsewhere. */
  readonly knownVariables: ReadonlySet<string>;
}

/** Parsers of expressions and of the select lists in them: recursive descent, one function per form. */
export const createExpressionParser = ({ tokens, variables, schemas, knownVariables }: ParserState) => {
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

  const selectList = createSelectListParser(tokens, expression);

  return { expression, selectList };
};
