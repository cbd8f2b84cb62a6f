import db from 'dynalite/db';
import conditionParser, { type ExpressionParser, type ParserContext } from 'dynalite/db/conditionParser';
import updateParser from 'dynalite/db/updateParser';
import { rememberExpressions } from '../../../local/services/dynamodb/remembered-expressions';

interface Request {
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, object>>;
}

const isReserved = () => false;

const contextOf = ({ names, values }: Request) => {
  const all = (record: object = {}) => Object.fromEntries(Object.keys(record).map((name) => [name, true]));
  return {
    ...(names && { attrNames: names }),
    ...(values && { attrVals: values }),
    unusedAttrNames: all(names),
    unusedAttrVals: all(values),
    ...{ isReserved, compare: db.compare },
  };
};

/** What a parser makes of a request, and which names and values it leaves unused. */
const outcome = ({ parse }: ExpressionParser, expression: string, request: Request) => {
  const context: ParserContext = contextOf(request);
  return { result: parse(expression, { context }), context };
};

const counting = ({ parse }: ExpressionParser) => {
  const parser = { parse: jest.fn(parse) };
  const { parse: counted } = parser;
  rememberExpressions(parser);
  return { parser, counted };
};

const S = (text: string) => ({ S: text });
const N = (number: number) => ({ N: String(number) });

describe('an expression that a request repeats', () => {
  test.each<[string, ExpressionParser, string, Request, Request]>([
    [
      'of an update',
      updateParser,
      'SET a = :a, b.c[1] = if_not_exists(#d, :a) REMOVE e ADD f :n',
      { names: { '#d': 'd' }, values: { ':a': S('x'), ':n': N(1) } },
      { names: { '#d': 'd' }, values: { ':a': S('y'), ':n': N(2) } },
    ],
    [
      'that uses not all of the values',
      updateParser,
      'SET #a = :a',
      { names: { '#a': 'a', '#b': 'b' }, values: { ':a': S('x'), ':b': N(1) } },
      { names: { '#a': 'a', '#b': 'b' }, values: { ':a': S('y'), ':b': N(2) } },
    ],
    [
      'of a condition',
      conditionParser,
      'attribute_not_exists(a) OR (#b < :n AND NOT contains(c, :s)) OR d IN (:s, :n)',
      { names: { '#b': 'b.c' }, values: { ':n': N(1), ':s': S('x') } },
      { names: { '#b': 'b.c' }, values: { ':n': N(2), ':s': S('y') } },
    ],
    ['without values', conditionParser, 'attribute_exists(a)', {}, {}],
  ])('%s is parsed once, and means the same as if it were parsed again', (_what, parser, expression, first, second) => {
    const remembering = counting(parser);
    outcome(remembering.parser, expression, first);
    for (const request of [first, second, first])
      expect(outcome(remembering.parser, expression, request)).toEqual(outcome(parser, expression, request));
    expect(remembering.counted).toHaveBeenCalledTimes(1);
  });

  test('makes a new result each time, because applying an update changes it', () => {
    const { parser } = counting(updateParser);
    const request = { values: { ':n': N(1) } };
    const { result } = outcome(parser, 'SET a = b + :n', request);
    const again = outcome(parser, 'SET a = b + :n', request).result;
    expect(again).toEqual(result);
    expect(again).not.toBe(result);
  });

  test.each<[string, ExpressionParser, string, Request, Request]>([
    [
      'values of other types',
      conditionParser,
      'begins_with(a, :a)',
      { values: { ':a': S('x') } },
      { values: { ':a': N(1) } },
    ],
    [
      'other names',
      updateParser,
      'SET #a = :a, b = :a',
      { names: { '#a': 'a' }, values: { ':a': S('x') } },
      { names: { '#a': 'b' }, values: { ':a': S('x') } },
    ],
    ['a value less', updateParser, 'SET a = :a', { values: { ':a': S('x') } }, { values: { ':b': S('x') } }],
    [
      'bounds in the wrong order',
      conditionParser,
      'a BETWEEN :a AND :b',
      { values: { ':a': N(1), ':b': N(2) } },
      { values: { ':a': N(2), ':b': N(1) } },
    ],
    [
      'an unknown type',
      conditionParser,
      'attribute_type(a, :a)',
      { values: { ':a': S('S') } },
      { values: { ':a': S('X') } },
    ],
  ])('is judged again with %s', (_what, parser, expression, valid, invalid) => {
    const remembering = counting(parser);
    expect(outcome(remembering.parser, expression, valid).result).toEqual(outcome(parser, expression, valid).result);
    const { result } = outcome(remembering.parser, expression, invalid);
    expect(result).toEqual(expect.any(String));
    expect(result).toBe(outcome(parser, expression, invalid).result);
  });
});
