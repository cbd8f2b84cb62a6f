import type { Clock, Timer } from '../../core/clock';
import type { Input, ItemStore, WireItem } from './item-store';
import { isRecord } from '../../wire/guards';

/** DynamoDB deletes an expired item within a few days (developer guide, time to live); local mode within an hour. */
const SWEEP_MS = 3_600_000;
/** Items that expired longer ago are not deleted: they were not meant to be a time. */
const OLDEST_SECONDS = 5 * 365 * 86_400;

export interface Expiring {
  readonly table: string;
  readonly attribute: string;
}

const isExpired = (item: WireItem, attribute: string, now: number): boolean => {
  const value = item[attribute];
  const at = isRecord(value) && typeof value['N'] === 'string' ? Number(value['N']) : undefined;
  return at !== undefined && at < now && at > now - OLDEST_SECONDS;
};

/** Deletes the items whose time to live is over. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html */
export const createTimeToLive = (
  clock: Clock,
  store: ItemStore,
  expiring: () => readonly Expiring[],
  onError: (error: unknown) => void,
) => {
  const sweepTable = async ({ table, attribute }: Expiring): Promise<void> => {
    const now = clock.now() / 1000;
    let page: Input = {};
    do {
      const start = page['LastEvaluatedKey'];
      page = await store.runWire('Scan', {
        TableName: table,
        ...(start !== undefined && { ExclusiveStartKey: start }),
      });
      for (const item of Array.isArray(page['Items']) ? (page['Items'] as readonly WireItem[]) : [])
        if (isExpired(item, attribute, now))
          await store.runWire('DeleteItem', {
            TableName: table,
            Key: await store.keyOf({ TableName: table, Item: item }),
          });
    } while (page['LastEvaluatedKey'] !== undefined);
  };
  const sweep = async (): Promise<void> => {
    for (const one of expiring()) await sweepTable(one);
  };
  let timer: Timer;
  const wait = () => {
    timer = clock.setTimeout(() => void sweep().catch(onError).finally(wait), SWEEP_MS);
  };
  wait();
  return { sweep, close: () => timer.cancel() };
};
