import type { Inbox, InboxItem, InboxKey, Wait } from '../functions/workflow/upgrade-status/inbox';
import { CALLS_PER_UPGRADE, PER_UPGRADE } from './demand';
import type { LambdaModel } from './lambda-model';

/** Write units of an UpdateItem of the inbox: an item with three tokens has more than a kilobyte. */
const UNITS = Math.round(PER_UPGRADE.writeUnits / CALLS_PER_UPGRADE['dynamodb:UpdateItem']);

/** The event inbox in memory, behind DynamoDB's quotas. */
export const memoryInbox = (lambda: Pick<LambdaModel, 'call'>): Inbox => {
  const items = new Map<string, InboxItem>();
  const keyOf = ({ thingName, operationId }: InboxKey) => `${thingName} ${operationId}`;
  const read = (key: InboxKey): InboxItem => items.get(keyOf(key)) ?? { tokens: {}, events: {}, boots: [] };
  const update = async (key: InboxKey, change: (item: InboxItem) => InboxItem): Promise<InboxItem> => {
    await lambda.call('dynamodb-write', UNITS);
    const item = change(read(key));
    items.set(keyOf(key), item);
    return item;
  };
  const including = <T>(known: Readonly<Partial<Record<Wait, T>>>, wait: Wait, value: T) => ({
    ...known,
    [wait]: value,
  });
  return {
    register: (key, wait, token, now) =>
      update(key, (item) => ({ waitingSince: now, ...item, tokens: including(item.tokens, wait, token) })),
    record: (key, wait, event) =>
      update(key, (item) => ({ ...item, events: including(item.events, wait, item.events[wait] ?? event) })),
    recordBoot: (key, boot) => update(key, (item) => ({ ...item, boots: [...item.boots, boot] })),
    read: async (key) => {
      await lambda.call('dynamodb-read');
      return read(key);
    },
  };
};
