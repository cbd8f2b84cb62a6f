import type { CastType, Expression, ProtoReference } from './ast';
import { FUNCTIONS } from './functions';
import type { Token } from './lexer';
import type { TokenReader } from './token-reader';

/** Parses a function call whose name was just read. */
export type CallParser = (name: Token) => Expression;

const CAST_TYPES: Record<string, CastType> = {
  STRING: 'String',
  NVARCHAR: 'String',
  TEXT: 'String',
  NTEXT: 'String',
  VARCHAR: 'String',
  INT: 'Int',
  INTEGER: 'Int',
  DOUBLE: 'Decimal',
  DECIMAL: 'Decimal',
  BOOL: 'Boolean',
  BOOLEAN: 'Boolean',
};

const PROTO_ARGUMENTS = ['bucket', 'descriptor key', 'proto file', 'message type'];

const isText = (argument: Expression | undefined, text: string) =>
  argument?.kind === 'literal' && argument.value === text;

/**
 * @param list reads a comma-separated list up to a closing symbol
 * @param onSchema called for each `decode(…, 'proto', …)`
 */
export const createCallParser = (
  tokens: TokenReader,
  expression: () => Expression,
  list: (close: string, item: () => void) => void,
  onSchema: (schema: ProtoReference, at: Token) => void,
): CallParser => {
  const cast = (): Expression => {
    const operand = expression();
    tokens.expect('AS');
    const word = tokens.next();
    const type = CAST_TYPES[word.text.toUpperCase()];
    if (!type) return tokens.fail(`cast() does not support the type ${word.text}`, word);
    tokens.expect(')');
    return { kind: 'cast', operand, type };
  };

  const proto = (operand: Expression, args: readonly Expression[], name: Token): Expression => {
    const [bucket, key, protoFile, messageType] = PROTO_ARGUMENTS.map((what, index) => {
      const argument = args[index];
      return argument?.kind === 'literal' && typeof argument.value === 'string'
        ? argument.value
        : tokens.fail(`decode(…, 'proto', …): the ${what} must be a string in quotes`, name);
    });
    const schema = { bucket: bucket ?? '', key: key ?? '', protoFile: protoFile ?? '', messageType: messageType ?? '' };
    onSchema(schema, name);
    return { kind: 'proto', operand, schema };
  };

  const checkEncoding = (lower: string, args: readonly Expression[], name: Token) => {
    if ((lower === 'decode' || lower === 'encode') && !isText(args[1], 'base64'))
      tokens.fail(`${lower}() only supports the encoding 'base64'${lower === 'decode' ? " and 'proto'" : ''}`, name);
  };

  return (name) => {
    tokens.expect('(');
    const lower = name.text.toLowerCase();
    if (lower === 'cast') return cast();
    const args: Expression[] = [];
    list(')', () => args.push(tokens.accept('*') ? { kind: 'star' } : expression()));
    const [first, second, ...rest] = args;
    if (lower === 'decode' && first && isText(second, 'proto')) return proto(first, rest, name);
    const known = FUNCTIONS.get(lower);
    if (!known) {
      const names = [...FUNCTIONS.keys(), 'cast'].sort().join(', ');
      return tokens.fail(`function ${name.text}() does not exist or is not emulated (emulated: ${names})`, name);
    }
    const [least, most] = known.arity;
    if (args.length < least || args.length > most)
      tokens.fail(
        `${name.text}() takes ${least === most ? least : `${least} to ${most}`} arguments, not ${args.length}`,
        name,
      );
    checkEncoding(lower, args, name);
    return { kind: 'call', name: lower, args };
  };
};
