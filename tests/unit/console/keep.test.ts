import { keep, keepAnswers } from '../../../console/server/keep';

describe('what is kept', () => {
  test('is made once per name, and the longest unused is dropped', () => {
    const made: string[] = [];
    const { get } = keep(2, (name) => made.push(name));
    for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) get(name);
    expect(made).toEqual(['a', 'b', 'c', 'b']);
  });

  test('an answer serves all who ask for a while', async () => {
    jest.useFakeTimers();
    let asked = 0;
    const get = keepAnswers(5, 1000, async () => (asked += 1));
    expect(await Promise.all([get('a'), get('a')])).toEqual([1, 1]);
    jest.advanceTimersByTime(999);
    expect(await get('a')).toBe(1);
    jest.advanceTimersByTime(1);
    expect(await get('a')).toBe(2);
    jest.useRealTimers();
  });

  test('a failure serves nobody but those who wait for it', async () => {
    let asked = 0;
    const get = keepAnswers(5, Infinity, async () => {
      asked += 1;
      if (asked === 1) throw new Error('once');
      return asked;
    });
    await expect(get('a')).rejects.toThrow('once');
    expect(await get('a')).toBe(2);
  });
});
