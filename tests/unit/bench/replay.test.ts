import { replaying } from '../../../bench/micro/replay';

describe('a port that is replayed', () => {
  const counter = () => {
    let count = 0;
    return {
      add: async (by: number) => (count += by),
      fail: () => Promise.reject(new Error(`full at ${count}`)),
    };
  };

  test('answers as it did, failures included, and does nothing again', async () => {
    const real = counter();
    const { port, rewind } = replaying(real);
    const run = async () => [await port.add(1), await port.add(2), await port.fail().catch(String)];
    const first = await run();
    expect(first).toEqual([1, 3, 'Error: full at 3']);
    for (let times = 0; times < 2; times += 1) {
      rewind();
      expect(await run()).toEqual(first);
    }
    expect(await real.add(0)).toBe(3);
  });

  test('refuses a call that was not recorded: the run is another one', async () => {
    const { port, rewind } = replaying(counter());
    await port.add(1);
    rewind();
    await port.add(1);
    await expect(port.add(1)).rejects.toThrow('more often than it was recorded');
  });
});
