import type { Inbox, InboxItem, InboxKey } from '../../../../functions/workflow/upgrade-status/inbox';

/** The inbox table in memory: what UpdateItem does. */
export const fakeInbox = () => {
  const items = new Map<string, InboxItem>();
  const update = ({ thingName, operationId }: InboxKey, change: (item: InboxItem) => InboxItem): InboxItem => {
    const key = `${thingName} ${operationId}`;
    const item = change(items.get(key) ?? { tokens: {}, events: {} });
    items.set(key, item);
    return item;
  };
  const inbox: Inbox = {
    register: async (key, wait, token) =>
      update(key, ({ tokens, events }) => ({ tokens: { ...tokens, [wait]: token }, events })),
    record: async (key, wait, event) =>
      update(key, ({ tokens, events }) => ({ tokens, events: { ...events, [wait]: events[wait] ?? event } })),
  };
  return { inbox, items };
};
