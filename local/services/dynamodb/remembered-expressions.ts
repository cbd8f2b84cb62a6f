import type { ExpressionParser, ParserContext } from 'dynalite/db/conditionParser';
import { isRecord } from '../../wire/guards';

type Values = Readonly<Record<string, object>>;

/** Makes what the parser made, with the values of another request. */
type Make = (values: Values) => unknown;

interface Remembered {
  readonly make: Make;
  readonly names: readonly string[];
  readonly values: readonly string[];
}

/** More than an application has; one that writes values into its expressions must not fill the memory. */
const MAX_REMEMBERED = 1000;

/** Whether these are used correctly depends on values, and not only on their types. */
const JUDGES_VALUES = /between|attribute_type/i;

const valueMaker = (name: string): Make => {
  return (values) => values[name];
};

/** @param nameOf of the values of the request that was parsed, which the parser puts into its result as they are */
const makerOf = (part: unknown, nameOf: ReadonlyMap<unknown, string>): Make => {
  const name = nameOf.get(part);
  if (name !== undefined) return valueMaker(name);
  if (Array.isArray(part)) {
    const makers = part.map((element: unknown) => makerOf(element, nameOf));
    return (values) => makers.map((make) => make(values));
  }
  if (!isRecord(part)) return () => part;
  const prototype: unknown = Object.getPrototypeOf(part);
  const makers = Object.entries(part).map(([key, member]) => [key, makerOf(member, nameOf)] as const);
  return (values) => {
    const made: Record<string, unknown> = prototype === null ? (Object.create(null) as Record<string, unknown>) : {};
    for (const [key, make] of makers) made[key] = make(values);
    return made;
  };
};

const keyOf = (expression: string, { attrNames, attrVals = {} }: ParserContext): string =>
  JSON.stringify([expression, attrNames, Object.entries(attrVals).map(([name, value]) => [name, Object.keys(value)])]);

const all = (record: object = {}): Record<string, boolean> =>
  Object.fromEntries(Object.keys(record).map((name) => [name, true]));

/** Parses, and finds out what the expression uses. @returns undefined if the expression is invalid */
const learn = (
  parse: ExpressionParser['parse'],
  expression: string,
  context: ParserContext,
): Remembered | undefined => {
  const unusedAttrNames = all(context.attrNames);
  const unusedAttrVals = all(context.attrVals);
  const result = parse(expression, { context: { ...context, unusedAttrNames, unusedAttrVals } });
  if (typeof result === 'string') return undefined;
  const nameOf = new Map<unknown, string>(Object.entries(context.attrVals ?? {}).map(([name, value]) => [value, name]));
  return {
    make: makerOf(result, nameOf),
    names: Object.keys(context.attrNames ?? {}).filter((name) => !(name in unusedAttrNames)),
    values: Object.keys(context.attrVals ?? {}).filter((name) => !(name in unusedAttrVals)),
  };
};

/**
 * Lets a parser of dynalite parse an expression once for each set of names and types of values: a request differs from the one
 * before it in its values.
 */
export const rememberExpressions = (parser: ExpressionParser): void => {
  const { parse } = parser;
  const known = new Map<string, Remembered>();
  parser.parse = (expression, options) => {
    const { context } = options;
    if (JUDGES_VALUES.test(expression)) return parse(expression, options);
    const key = keyOf(expression, context);
    const remembered = known.get(key) ?? learn(parse, expression, context);
    if (!remembered) return parse(expression, options);
    if (known.size >= MAX_REMEMBERED) known.clear();
    known.set(key, remembered);
    for (const name of remembered.names) Reflect.deleteProperty(context.unusedAttrNames, name);
    for (const name of remembered.values) Reflect.deleteProperty(context.unusedAttrVals, name);
    return remembered.make(context.attrVals ?? {});
  };
};
