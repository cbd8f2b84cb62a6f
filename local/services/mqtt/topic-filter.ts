/**
 * An MQTT topic filter of AWS IoT. Unlike in MQTT (3.1.1, 4.7.1.2), `a/#` does not match `a`:
 * https://docs.aws.amazon.com/iot/latest/developerguide/mqtt.html. It is split once, so that matching a message
 * only compares segments.
 */
export interface TopicFilter {
  readonly text: string;
  /** @param segments the topic of a message, split at `/` */
  matches(segments: readonly string[]): boolean;
}

/**
 * Prepares a topic filter.
 * @throws Error naming the rule that is broken: `+` and `#` stand alone in their segment, `#` only in the last one (MQTT 3.1.1, 4.7.1)
 */
export const topicFilter = (text: string): TopicFilter => {
  const pattern = text.split('/');
  if (text === '') throw new Error('a topic filter must not be empty');
  pattern.forEach((segment, index) => {
    if (/[+#]/.test(segment) && segment.length > 1)
      throw new Error(`topic filter "${text}": a wildcard must stand alone between slashes, "${segment}" does not`);
    if (segment === '#' && index < pattern.length - 1)
      throw new Error(`topic filter "${text}": # is only allowed as the last segment`);
  });
  const open = pattern.at(-1) === '#';
  const fixed = open ? pattern.slice(0, -1) : pattern;
  const wildcardFirst = pattern[0] === '+' || pattern[0] === '#';
  return {
    text,
    matches: (segments) => {
      if (open ? segments.length <= fixed.length : segments.length !== fixed.length) return false;
      // A leading wildcard does not match reserved topics (MQTT 3.1.1, 4.7.2).
      if (wildcardFirst && segments[0]?.startsWith('$')) return false;
      return fixed.every((segment, index) => segment === '+' || segment === segments[index]);
    },
  };
};
