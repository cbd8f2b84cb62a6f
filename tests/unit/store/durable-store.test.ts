import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { DataDirectoryError } from '../../../local/store/data-directory-error';
import { createDurableStore } from '../../../local/store/durable-store';
import { lives } from '../../support/lives';

const journal = (directory: string) =>
  readdirSync(directory)
    .filter((name) => name.startsWith('journal-'))
    .map((name) => join(directory, name));

describe('a durable store', () => {
  let data: ReturnType<typeof lives>;
  beforeEach(() => {
    data = lives();
  });
  afterEach(() => data.remove());

  /** A collection whose values are in a map, as those of services are. */
  const open = (rewriteBytes?: number) => {
    const store = createDurableStore(data.directory, rewriteBytes);
    const values = new Map<string, unknown>();
    const kept = store.collection<unknown>('things', (id) => values.get(id));
    for (const [id, value] of kept.saved) values.set(id, value);
    return {
      store,
      values,
      set: (id: string, value: unknown) => {
        if (value === undefined) values.delete(id);
        else values.set(id, value);
        kept.changed(id);
      },
    };
  };

  test('has after a kill what was changed in the turns before it', async () => {
    const first = open();
    first.set('a', 1);
    first.set('b', 2);
    await turn();
    first.set('a', 3);
    first.set('b', undefined);
    first.set('never', 1);
    first.set('never', undefined);
    await turn();
    expect([...open().values]).toEqual([['a', 3]]);
  });

  test('keeps dates, sets, maps, bytes and whatever JSON can hold', async () => {
    const value = {
      date: new Date(5),
      set: new Set(['a']),
      map: new Map([['k', { deep: new Set([1]) }]]),
      bytes: Buffer.from([0, 255]),
      marked: { '~': 'date', value: 7, more: [{ '~': 1 }] },
      text: 'line\nline \u2028 ü',
      list: [null, true, 1.5],
    };
    const first = open();
    first.set('a', value);
    await turn();
    expect(open().values.get('a')).toEqual(value);
  });

  test('gives values back in the order in which their ids came into being', async () => {
    const first = open();
    for (const id of ['c', 'a', 'b']) first.set(id, 1);
    await turn();
    first.set('c', 2);
    first.set('a', undefined);
    await turn();
    first.set('a', 3);
    await turn();
    expect([...open().values.keys()]).toEqual(['c', 'b', 'a']);
  });

  test('leaves out a line that was being written when the process was killed', async () => {
    const first = open();
    first.set('a', 1);
    await turn();
    const [file = ''] = journal(data.directory);
    appendFileSync(file, '[["things","a",1,');
    const second = open();
    expect([...second.values]).toEqual([['a', 1]]);
    second.set('b', 2);
    await turn();
    expect([...open().values]).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
  });

  test('refuses a journal with a line that cannot be read, and says which', async () => {
    const first = open();
    first.set('a', 1);
    await turn();
    const [file = ''] = journal(data.directory);
    writeFileSync(file, `nonsense\n${readFileSync(file, 'utf8')}`);
    expect(open).toThrow(DataDirectoryError);
    expect(open).toThrow(`${file}, line 1 cannot be read`);
    expect(open).toThrow('--reset');
  });

  test('rewrites a journal that has grown, and loses nothing when it is killed meanwhile', async () => {
    const first = open(20_000);
    for (let id = 0; id < 2_000; id += 1) first.set(`id-${id}`, { id });
    first.set('kept', 'x'.repeat(10));
    await turn();
    const expected = () => [...first.values];
    // Each turn of the rewriting is a moment at which the process may be killed.
    for (let count = 0; count < 12; count += 1) {
      expect([...open().values]).toEqual(expected());
      first.set(`id-${count}`, undefined);
      first.set('kept', count);
      await turn();
    }
    expect(journal(data.directory)).toHaveLength(1);
    expect([...open().values]).toEqual(expected());
  });

  test('is bounded by what it holds, not by what has happened', async () => {
    const first = open(20_000);
    for (let round = 0; round < 300; round += 1) {
      for (let id = 0; id < 10; id += 1) first.set(`id-${id}`, 'x'.repeat(100));
      await turn();
    }
    const bytes = journal(data.directory).reduce((sum, file) => sum + readFileSync(file).length, 0);
    expect(bytes).toBeLessThan(60_000);
  });

  describe('the output of a socket', () => {
    const connected = async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      const client = createConnection(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
      const [socket] = (await once(server, 'connection')) as [Socket];
      const close = () => {
        client.destroy();
        socket.destroy();
        server.close();
      };
      return { client, socket, close };
    };

    test('leaves when what was changed before it is in the journal, not earlier', async () => {
      const { client, socket, close } = await connected();
      const { store, set } = open();
      store.holdOutput(socket);
      const bytesWhen: string[] = [];
      client.on('data', (text) => bytesWhen.push(`${String(text)}: ${[...open().values.keys()].join()}`));
      set('a', 1);
      socket.write('told');
      expect(socket.writableCorked).toBe(1);
      await once(client, 'data');
      expect(bytesWhen).toEqual(['told: a']);
      expect(socket.writableCorked).toBe(0);
      close();
    });

    test('leaves at once when nothing has changed', async () => {
      const { socket, close } = await connected();
      const { store } = open();
      store.holdOutput(socket);
      socket.write('news of nothing');
      expect(socket.writableCorked).toBe(0);
      close();
    });

    test('that ends with what was changed in the same turn waits, too', async () => {
      const { client, socket, close } = await connected();
      const { store, set } = open();
      store.holdOutput(socket);
      set('a', 1);
      socket.end('last words');
      expect([...open().values]).toEqual([['a', 1]]);
      await once(client, 'data');
      close();
    });
  });

  test('calls back at its start, and at once after it', () => {
    const { store } = open();
    const calls: string[] = [];
    store.onStart(() => calls.push('before'));
    expect(calls).toEqual([]);
    store.start();
    store.onStart(() => calls.push('after'));
    expect(calls).toEqual(['before', 'after']);
  });

  test('saves what is pending when it is closed, and nothing afterwards', async () => {
    const { store, set } = open();
    set('a', 1);
    store.close();
    set('b', 1);
    await turn();
    expect([...open().values]).toEqual([['a', 1]]);
  });
});
