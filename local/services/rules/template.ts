import type { Expression } from './sql/ast';
import { type Evaluation, evaluateExpression } from './sql/evaluate';
import { parseExpression } from './sql/parser';
import { toText } from './sql/values';

/** A parameter of an action, with its `${expression}` parts parsed. */
export type Template = (evaluation: Evaluation) => string;

/** The end of the `${…}` that begins at `start`; strings and objects in it may contain braces. */
const closingBrace = (text: string, start: number): number => {
  let quote = '';
  let depth = 0;
  for (let index = start; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (quote) quote = character === quote ? '' : quote;
    else if (character === "'" || character === '"') quote = character;
    else if (character === '{') depth += 1;
    else if (character === '}') {
      if (depth === 0) return index;
      depth -= 1;
    }
  }
  throw new Error(`"${text}": the substitution template that begins at character ${start + 1} is not closed with }`);
};

/**
 * Parses a substitution template (AWS IoT: `${topic(3)}` in the parameters of an action).
 * @param knownVariables of the rule's SET clause
 * @throws Error at once when an expression is invalid, and at each use when an expression has no value
 */
export const parseTemplate = (text: string, knownVariables: ReadonlySet<string>): Template => {
  const parts: (string | { source: string; expression: Expression })[] = [];
  let offset = 0;
  for (let start = text.indexOf('${'); start !== -1; start = text.indexOf('${', offset)) {
    const end = closingBrace(text, start + 2);
    const source = text.slice(start + 2, end);
    parts.push(text.slice(offset, start), { source, expression: parseExpression(source, knownVariables) });
    offset = end + 1;
  }
  parts.push(text.slice(offset));
  return (evaluation) =>
    parts
      .map((part) => {
        if (typeof part === 'string') return part;
        const value = toText(evaluateExpression(evaluation, part.expression));
        if (value === undefined)
          throw new Error(`substitution template \${${part.source}} has no value for this message`);
        return value;
      })
      .join('');
};
