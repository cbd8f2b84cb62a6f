import type { Level, LevelCallback, LevelOperation } from 'dynalite/db';
import { useCheapAccess } from '../../../local/services/dynamodb/level-access';

/** A database that says what it is asked, and writes when it is told to. */
const fakeLevel = (status = 'open') => {
  const batches: { readonly operations: readonly LevelOperation[]; readonly written: LevelCallback }[] = [];
  const deferred: string[] = [];
  const level = {
    status,
    getSync: (key: string) => {
      if (key === 'bad') throw new Error('cannot be decoded');
      return `value of ${key}`;
    },
    get: (key: string) => deferred.push(key),
    put: () => undefined,
    del: () => undefined,
    batch: (operations: readonly LevelOperation[], written: LevelCallback) =>
      void batches.push({ operations, written }),
  } satisfies Level;
  useCheapAccess(level);
  const accessed: Level = level;
  return { level: accessed, batches, deferred };
};

describe("access to dynalite's database", () => {
  test('writes at once, and then together what has come meanwhile, in its order', () => {
    const { level, batches } = fakeLevel();
    const answered: string[] = [];
    level.put('a', 1, () => answered.push('a'));
    level.put('b', 2, () => answered.push('b'));
    level.del('b', () => answered.push('del b'));
    const keys = () => batches.map(({ operations }) => operations.map(({ type, key }) => `${type} ${key}`));
    expect(keys()).toEqual([['put a']]);
    batches[0]?.written(null);
    expect([keys(), answered]).toEqual([[['put a'], ['put b', 'del b']], ['a']]);
    batches[1]?.written(null);
    expect(answered).toEqual(['a', 'b', 'del b']);
    level.put('c', 3, () => undefined);
    expect(keys()).toEqual([['put a'], ['put b', 'del b'], ['put c']]);
  });

  test('tells each caller that its write has failed', () => {
    const { level, batches } = fakeLevel();
    const errors: unknown[] = [];
    level.put('a', 1, (error) => errors.push(error));
    batches[0]?.written('disk is full');
    expect(errors).toEqual(['disk is full']);
  });

  test('answers a read at once, also one that fails', () => {
    const { level } = fakeLevel();
    const answers: unknown[] = [];
    level.get('a', (_error: unknown, value?: unknown) => answers.push(value));
    level.get('bad', (error: unknown) => answers.push(String(error)));
    expect(answers).toEqual(['value of a', 'Error: cannot be decoded']);
  });

  test('leaves reads of a database that is not open, and its own deferred ones, to it', () => {
    const opening = fakeLevel('opening');
    opening.level.get('a', () => undefined);
    const open = fakeLevel();
    open.level.get('b', {});
    expect([opening.deferred, open.deferred]).toEqual([['a'], ['b']]);
  });
});
