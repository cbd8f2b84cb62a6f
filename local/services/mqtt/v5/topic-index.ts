import { type TopicFilter, topicFilter } from '../topic-filter';

/** Finds what belongs to the topic filters that match a topic. */
export interface TopicIndex<T> {
  /** @throws Error when the filter is malformed */
  add(filter: string, item: T): void;
  remove(filter: string, item: T): void;
  matching(topic: string): T[];
}

/** Filters without wildcards cost one look-up, however many there are. */
export const createTopicIndex = <T>(): TopicIndex<T> => {
  const exact = new Map<string, Set<T>>();
  const wildcards = new Map<string, { readonly filter: TopicFilter; readonly items: Set<T> }>();
  const isWildcard = (filter: string) => /[+#]/.test(filter);
  const itemsOf = (filter: string) => (isWildcard(filter) ? wildcards.get(filter)?.items : exact.get(filter));
  return {
    add: (filter, item) => {
      const items = itemsOf(filter);
      if (items) items.add(item);
      else if (isWildcard(filter)) wildcards.set(filter, { filter: topicFilter(filter), items: new Set([item]) });
      else exact.set(filter, new Set([item]));
    },
    remove: (filter, item) => {
      const items = itemsOf(filter);
      items?.delete(item);
      if (items?.size === 0) (isWildcard(filter) ? wildcards : exact).delete(filter);
    },
    matching: (topic) => {
      const found = [...(exact.get(topic) ?? [])];
      if (wildcards.size === 0) return found;
      const segments = topic.split('/');
      for (const { filter, items } of wildcards.values()) if (filter.matches(segments)) found.push(...items);
      return found;
    },
  };
};
