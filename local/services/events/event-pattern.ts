const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An event pattern with something that local mode cannot match. */
export class EventPatternError extends Error {
  override readonly name = 'InvalidEventPatternException';
}

/** @throws EventPatternError naming the field, for anything but lists of values and prefixes */
export const checkPattern = (pattern: unknown, path = 'EventPattern'): void => {
  if (!isRecord(pattern)) throw new EventPatternError(`${path} must be an object.`);
  for (const [key, value] of Object.entries(pattern)) {
    if (!Array.isArray(value)) {
      checkPattern(value, `${path}.${key}`);
      continue;
    }
    for (const item of value as readonly unknown[])
      if (isRecord(item) && typeof item['prefix'] !== 'string')
        throw new EventPatternError(
          `${path}.${key}: local mode matches values and prefixes, not ${JSON.stringify(item)}.`,
        );
  }
};

const matchesValue = (expected: unknown, actual: unknown): boolean => {
  if (isRecord(expected)) return typeof actual === 'string' && actual.startsWith(String(expected['prefix']));
  if (Array.isArray(actual)) return actual.some((item) => matchesValue(expected, item));
  return expected === actual;
};

/**
 * Whether an event matches a pattern: every field of the pattern must match, by any of its values.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export const matchesPattern = (pattern: unknown, event: unknown): boolean =>
  isRecord(pattern) &&
  Object.entries(pattern).every(([key, expected]) => {
    const actual = isRecord(event) ? event[key] : undefined;
    return Array.isArray(expected)
      ? expected.some((item) => matchesValue(item, actual))
      : matchesPattern(expected, actual);
  });
