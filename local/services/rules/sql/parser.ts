import { topicFilter } from '../../mqtt/topic-filter';
import type { Expression, Statement } from './ast';
import { createExpressionParser, type ParserState } from './parse-expression';
import { type TokenReader, createTokenReader } from './token-reader';

/** The maximum number of variables in a SET clause. */
const MAX_VARIABLES = 10;

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

/** Parses the SQL statement of a rule. @throws SqlError that shows the place; also for a function that does not exist */
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
 * Parses one expression of a substitution template.
 * @param knownVariables of the statement that the template belongs to
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
