/**
 * Limits of IoT Jobs: a key is 1 to 128 of `[a-zA-Z0-9:_-]`, a value 1 to 1,024 of `[^\p{C}]`, a map has 10 pairs.
 * https://docs.aws.amazon.com/iot/latest/apireference/API_iot-jobs-data_UpdateJobExecution.html and
 * https://docs.aws.amazon.com/general/latest/gr/iot-core.html
 */
const MAX_KEY = 128;
const MAX_VALUE = 1024;
const MAX_PAIRS = 10;

/** A cut counts UTF-16 units, as the strictest reading of "characters" does, and leaves no half of a character. */
const cut = (text: string): string => text.slice(0, MAX_VALUE).replace(/[\uD800-\uDBFF]$/, '');

/** Controls, formats, lone surrogates and what Unicode has not assigned become, with the spaces around them, one space. */
const cleaned = (text: string): string => cut(text.replace(/[\p{C}\s]+/gu, ' ').trim()).trimEnd();

/**
 * Details as IoT Jobs takes them. Texts of devices reach them, and an update that IoT Jobs refuses for one character would
 * lose the outcome for ever. What says nothing is left out.
 */
export const statusDetails = (details: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(details)
      .map(([key, value]) => [key.replace(/[^a-zA-Z0-9:_-]/g, '_').slice(0, MAX_KEY), cleaned(value)] as const)
      .filter(([key, value]) => key !== '' && value !== '')
      .slice(0, MAX_PAIRS),
  );
