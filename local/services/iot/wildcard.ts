/** One character of a pattern, or a wildcard. */
export type PatternPart = { readonly character: string } | 'any' | 'many';

/** `*` stands for any characters, `?` for one. */
export const parsePattern = (pattern: string): PatternPart[] =>
  Array.from(pattern, (character) => (character === '*' ? 'many' : character === '?' ? 'any' : { character }));

/** Text in which `*` and `?` are ordinary characters. */
export const literalPattern = (text: string): PatternPart[] => Array.from(text, (character) => ({ character }));

/** Whether the whole text matches the pattern. Linear for patterns with one `*`, never exponential. */
export const matchesPattern = (pattern: readonly PatternPart[], text: string): boolean => {
  let position = 0;
  let part = 0;
  let retryPart = -1;
  let retryPosition = 0;
  while (position < text.length) {
    const expected = pattern[part];
    if (expected === 'many') {
      retryPart = part;
      retryPosition = position;
      part += 1;
    } else if (expected === 'any' || (expected !== undefined && expected.character === text[position])) {
      part += 1;
      position += 1;
    } else if (retryPart >= 0) {
      retryPosition += 1;
      position = retryPosition;
      part = retryPart + 1;
    } else return false;
  }
  while (pattern[part] === 'many') part += 1;
  return part === pattern.length;
};
