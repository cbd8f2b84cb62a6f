/** Controls, invisible formats, and separators that a terminal takes as a new line. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Texts of devices must not write escape sequences to an operator's terminal, nor lines of their own. */
export const printable = (text: string): string => text.replace(UNPRINTABLE, '\uFFFD');

/** JSON escapes only the controls below a space: a terminal obeys others, too. */
export const printableJson = (value: unknown): string =>
  JSON.stringify(value, undefined, 2).replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  );
