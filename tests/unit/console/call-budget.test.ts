import { createCallBudget } from '../../../console/server/call-budget';

const inBackground = (name: string) => ({ name, isBackground: true });

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** Times, in milliseconds since the start, at which the calls were made. */
const timesOf = async (calls: readonly (() => Promise<void>)[]): Promise<readonly number[]> => {
  const start = performance.now();
  const times: number[] = [];
  const all = Promise.all(calls.map((call) => call().then(() => times.push(performance.now() - start))));
  await jest.advanceTimersByTimeAsync(60_000);
  await all;
  return times;
};

describe('the call budget', () => {
  test('makes five calls at once, and never more than five in any second', async () => {
    const budget = createCallBudget(5, 3);
    const times = await timesOf(Array.from({ length: 23 }, () => () => budget.take()));
    expect(times.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
    for (const [index, time] of times.entries())
      if (index >= 5) expect(time - times[index - 5]!).toBeGreaterThanOrEqual(1000);
    expect(times.at(-1)).toBeLessThanOrEqual(4100);
    expect(budget.made()).toBe(23);
  });

  test('calls that somebody waits for come before those in the background', async () => {
    const budget = createCallBudget(2, 1);
    const order: string[] = [];
    const call = (name: string) => async () => {
      await budget.take();
      order.push(name);
    };
    await timesOf([
      call('first'),
      () => budget.forPurpose(inBackground('a'), call('background 1')),
      () => budget.forPurpose(inBackground('a'), call('background 2')),
      call('second'),
    ]);
    expect(order).toEqual(['first', 'second', 'background 1', 'background 2']);
  });

  test('the background leaves room for calls that somebody waits for', async () => {
    const budget = createCallBudget(5, 3);
    const background = timesOf(
      Array.from({ length: 9 }, () => () => budget.forPurpose(inBackground('a'), () => budget.take())),
    );
    const urgent = timesOf([budget.take, budget.take]);
    expect(await urgent).toEqual([0, 0]);
    const times = await background;
    expect(times.slice(0, 3)).toEqual([0, 0, 0]);
    for (const [index, time] of times.entries())
      if (index >= 3) expect(time - times[index - 3]!).toBeGreaterThanOrEqual(1000);
  });

  test('a purpose with many calls does not hold up one with few', async () => {
    const budget = createCallBudget(1, 1);
    const order: string[] = [];
    const call = (name: string) => () =>
      budget.forPurpose(inBackground(name), async () => {
        await budget.take();
        order.push(name);
      });
    await timesOf([...Array.from({ length: 5 }, () => call('many')), call('few'), call('few')]);
    expect(order).toEqual(['many', 'many', 'few', 'many', 'few', 'many', 'many']);
  });

  test('the background goes on while many wait', async () => {
    const budget = createCallBudget(5, 3);
    let urgentMade = 0;
    let madeBefore = -1;
    const urgent = Array.from({ length: 40 }, () => async () => {
      await budget.take();
      urgentMade += 1;
    });
    const background = () =>
      budget.forPurpose(inBackground('a'), async () => {
        await budget.take();
        madeBefore = urgentMade;
      });
    await timesOf([...urgent, background]);
    expect(madeBefore).toBeLessThanOrEqual(10);
  });

  test('nothing waits after its end', async () => {
    const budget = createCallBudget(1, 1);
    await budget.take();
    const waiting = budget.take();
    budget.close();
    await expect(waiting).rejects.toThrow('closed');
    await expect(budget.take()).rejects.toThrow('closed');
    expect(jest.getTimerCount()).toBe(0);
  });
});
