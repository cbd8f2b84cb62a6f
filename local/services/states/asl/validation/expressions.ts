import { isObject, type Json } from '../json';
import { expressionIn, syntaxErrorOf } from '../jsonata/expression';
import { catchersOf, choicesOf, type Report, type StatePlace } from './parts';

/** What `$states` has only in some fields. */
const SPECIAL = ['result', 'errorOutput'] as const;
type Special = (typeof SPECIAL)[number];

/** Fields that contain states, Catchers or rules, which are validated on their own. */
const NESTED = ['Branches', 'ItemProcessor', 'Iterator', 'Catch', 'Choices'];
const WITH_RESULT = ['Task', 'Parallel', 'Map'];

const validateExpression = (text: string, at: string, available: Special | undefined, report: Report): void => {
  const expression = expressionIn(text);
  if (expression === undefined) {
    if (text.startsWith('{%') || text.endsWith('%}'))
      report('A JSONata expression begins with {% and ends with %}, without spaces around', at);
    return;
  }
  const problem = syntaxErrorOf(expression);
  if (problem !== undefined) report(`The JSONata expression '${expression}' is not valid: ${problem}`, at);
  for (const special of SPECIAL)
    if (special !== available && new RegExp(`\\$states\\.${special}\\b`).test(expression))
      report(`$states.${special} is not available in this field`, at);
};

const validateValue = (value: Json | undefined, at: string, available: Special | undefined, report: Report): void => {
  if (typeof value === 'string') validateExpression(value, at, available, report);
  else if (Array.isArray(value))
    for (const [index, item] of (value as readonly Json[]).entries())
      validateValue(item, `${at}[${index}]`, available, report);
  else if (isObject(value))
    for (const [key, item] of Object.entries(value)) validateValue(item, `${at}/${key}`, available, report);
};

/**
 * Refuses expressions that do not parse, and `$states.result` and `$states.errorOutput` in fields that do not have them:
 * https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
export const validateExpressions = (place: StatePlace, report: Report): void => {
  const { state, at } = place;
  if (!place.jsonata) return;
  const isOutcome = (field: string) => field === 'Output' || field === 'Assign';
  const hasResult = WITH_RESULT.includes(String(state['Type']));
  for (const [field, value] of Object.entries(state))
    if (!NESTED.includes(field))
      validateValue(value, `${at}/${field}`, hasResult && isOutcome(field) ? 'result' : undefined, report);
  for (const [partAt, catcher] of catchersOf(place))
    for (const [field, value] of Object.entries(catcher))
      validateValue(value, `${partAt}/${field}`, isOutcome(field) ? 'errorOutput' : undefined, report);
  for (const [partAt, choice] of choicesOf(place)) validateValue(choice, partAt, undefined, report);
};
