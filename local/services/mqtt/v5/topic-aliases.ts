/** Topic aliases that the client has set (MQTT 5, 3.3.2.3.4). */
export interface InboundAliases {
  /** The topic of a PUBLISH packet, or undefined when its alias is 0, too high or not set. */
  topicOf(topic: string, alias: number | undefined): string | undefined;
}

/** @param maximum the Topic Alias Maximum that the broker sent */
export const createInboundAliases = (maximum: number): InboundAliases => {
  const topics = new Map<number, string>();
  return {
    topicOf: (topic, alias) => {
      if (alias === undefined) return topic;
      if (alias < 1 || alias > maximum) return undefined;
      if (topic === '') return topics.get(alias);
      topics.set(alias, topic);
      return topic;
    },
  };
};

/** Topic aliases that the broker sets. */
export interface OutboundAliases {
  /** What to send in place of a topic: the topic with a new alias, the alias alone, or the topic alone. */
  aliasFor(topic: string): { readonly topic: string; readonly topicAlias?: number };
}

/** The first topics get the aliases. @param maximum the Topic Alias Maximum that the client sent */
export const createOutboundAliases = (maximum: number): OutboundAliases => {
  const aliases = new Map<string, number>();
  return {
    aliasFor: (topic) => {
      const known = aliases.get(topic);
      if (known !== undefined) return { topic: '', topicAlias: known };
      if (aliases.size >= maximum) return { topic };
      const topicAlias = aliases.size + 1;
      aliases.set(topic, topicAlias);
      return { topic, topicAlias };
    },
  };
};
