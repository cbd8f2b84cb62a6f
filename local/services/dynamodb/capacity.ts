import db from 'dynalite/db';
import { isRecord } from '../../wire/guards';

interface TableUse {
  readUnits: number;
  writeUnits: number;
  requests: number;
}

type PerTable = Readonly<Record<string, number>>;

/** The capacity that requests to each table consumed since the start or the last reset. */
export interface CapacityCounts {
  /** Read capacity units by table name. */
  readUnits(): PerTable;
  /** Write capacity units by table name. */
  writeUnits(): PerTable;
  /** Requests for items by table name. */
  requests(): PerTable;
  resetCounts(): void;
}

/** Units of a write: of the larger of the item before and after, per KiB. */
export const writeUnitsOf = (before: object | undefined, after?: object): number =>
  Math.max(db.capacityUnits(before, false, true), db.capacityUnits(after, false, true));

/** Units of a strongly consistent read, per 4 KiB. */
export const readUnitsOf = (item: object | undefined): number => db.capacityUnits(item, true, true);

export const createCapacityCounts = () => {
  const tables = new Map<string, TableUse>();
  const useOf = (table: string): TableUse => {
    const use = tables.get(table) ?? { readUnits: 0, writeUnits: 0, requests: 0 };
    tables.set(table, use);
    return use;
  };
  const per = (field: keyof TableUse): PerTable =>
    Object.fromEntries([...tables].map(([table, use]) => [table, use[field]]));
  const counts: CapacityCounts = {
    readUnits: () => per('readUnits'),
    writeUnits: () => per('writeUnits'),
    requests: () => per('requests'),
    resetCounts: () => tables.clear(),
  };
  return {
    counts,
    request: (table: string): void => {
      useOf(table).requests += 1;
    },
    /** @param consumed ConsumedCapacity of a response: one, or a list for batches */
    consumed: (kind: 'readUnits' | 'writeUnits', consumed: unknown): void => {
      const list: readonly unknown[] = Array.isArray(consumed) ? consumed : [consumed];
      for (const one of list)
        if (isRecord(one) && typeof one['TableName'] === 'string' && typeof one['CapacityUnits'] === 'number')
          useOf(one['TableName'])[kind] += one['CapacityUnits'];
    },
  };
};
