import { createLive, type Update } from '../../../console/server/live';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const setUp = (load: () => Promise<unknown>, pause: number | ((value: unknown) => number) = 1000) => {
  let loads = 0;
  let inBackground = 0;
  const topic = {
    load: async () => {
      loads += 1;
      const value = await load();
      return { value, pauseMs: typeof pause === 'number' ? pause : pause(value) };
    },
  };
  const live = createLive({
    topicOf: (name) => (name.startsWith('known') ? { ...topic, isHeadline: name === 'known:headline' } : undefined),
    budget: {
      forPurpose: ({ isBackground }, work) => {
        if (isBackground) inBackground += 1;
        return work();
      },
    },
    textOf: (error) => (error instanceof Error ? error.message : String(error)),
  });
  const page = (...names: string[]) => {
    const updates: Update[] = [];
    const end = live.subscribe(names, (update) => updates.push(update));
    return { end, seen: () => updates.map((update) => ('value' in update ? update.value : update.error)) };
  };
  return { live, page, loads: () => loads, inBackground: () => inBackground };
};

describe('live values', () => {
  test('are loaded once for a hundred pages, again after a pause, and sent where they have changed', async () => {
    let value = 1;
    const { page, loads, inBackground } = setUp(async () => ({ value: Math.floor(value) }));
    const pages = Array.from({ length: 100 }, () => page('known'));
    await jest.advanceTimersByTimeAsync(999);
    expect(loads()).toBe(1);
    await jest.advanceTimersByTimeAsync(1001);
    expect(loads()).toBe(3);
    value = 2;
    await jest.advanceTimersByTimeAsync(1000);
    for (const { seen } of pages) expect(seen()).toEqual([{ value: 1 }, { value: 2 }]);
    // The first load is what somebody waits for.
    expect(inBackground()).toBe(loads() - 1);
  });

  test('that the rest of a page is read with are never loaded in the background', async () => {
    const { page, loads, inBackground } = setUp(async () => 'value');
    page('known:headline');
    await jest.advanceTimersByTimeAsync(5000);
    expect([loads(), inBackground()]).toEqual([6, 0]);
  });

  test('are there at once for a page that comes later', async () => {
    const { page, loads } = setUp(async () => 'value');
    page('known');
    await jest.advanceTimersByTimeAsync(0);
    const { seen } = page('known');
    expect(seen()).toEqual(['value']);
    expect(loads()).toBe(1);
  });

  test('are not loaded while nobody looks', async () => {
    const { live, page, loads } = setUp(async () => 'value');
    const pages = [page('known'), page('known')];
    await jest.advanceTimersByTimeAsync(500);
    pages.forEach(({ end }) => end());
    await jest.advanceTimersByTimeAsync(60_000);
    expect(loads()).toBe(1);
    expect(live.active()).toEqual([]);
  });

  test('are there at once for a page that comes back soon, and loaded again', async () => {
    let value = 1;
    const { page, loads } = setUp(async () => value);
    const { end } = page('known');
    await jest.advanceTimersByTimeAsync(0);
    end();
    value = 2;
    await jest.advanceTimersByTimeAsync(10_000);
    const { seen } = page('known');
    expect(seen()).toEqual([1]);
    await jest.advanceTimersByTimeAsync(0);
    expect(seen()).toEqual([1, 2]);
    expect(loads()).toBe(2);
  });

  test('a load that takes long delays the next one, and ends with its page', async () => {
    const { live, page, loads } = setUp(() => new Promise((resolve) => setTimeout(resolve, 10_000)));
    const { end } = page('known');
    await jest.advanceTimersByTimeAsync(10_900);
    expect(loads()).toBe(1);
    await jest.advanceTimersByTimeAsync(200);
    expect(loads()).toBe(2);
    end();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(loads()).toBe(2);
    expect(live.active()).toEqual([]);
  });

  test('that are over are loaded rarely', async () => {
    const { page, loads } = setUp(
      async () => 'over',
      (value) => (value === 'over' ? 60_000 : 1000),
    );
    page('known');
    await jest.advanceTimersByTimeAsync(59_000);
    expect(loads()).toBe(1);
    await jest.advanceTimersByTimeAsync(1000);
    expect(loads()).toBe(2);
  });

  test('a failure is told once, tried again after longer and longer pauses, and over with the next value', async () => {
    let fails = true;
    const { page, loads } = setUp(async () => {
      if (fails) throw new Error('AccessDenied');
      return 'value';
    });
    const { seen } = page('known');
    await jest.advanceTimersByTimeAsync(5900);
    expect(seen()).toEqual(['AccessDenied']);
    // After 0, 2 and 6 s.
    expect(loads()).toBe(2);
    fails = false;
    await jest.advanceTimersByTimeAsync(200);
    expect(seen()).toEqual(['AccessDenied', 'value']);
  });

  test('are loaded at once after a change', async () => {
    let value = 1;
    const { live, page } = setUp(async () => value, 60_000);
    const { seen } = page('known:a');
    await jest.advanceTimersByTimeAsync(0);
    value = 2;
    live.refresh((name) => name === 'known:b');
    await jest.advanceTimersByTimeAsync(0);
    expect(seen()).toEqual([1]);
    live.refresh((name) => name === 'known:a');
    await jest.advanceTimersByTimeAsync(0);
    expect(seen()).toEqual([1, 2]);
  });

  test('are loaded again after a load that a change has overtaken', async () => {
    const load = () => new Promise((resolve) => setTimeout(resolve, 100));
    const { live, page, loads } = setUp(load, 60_000);
    page('known');
    await jest.advanceTimersByTimeAsync(50);
    live.refresh(() => true);
    await jest.advanceTimersByTimeAsync(60);
    expect(loads()).toBe(2);
    await jest.advanceTimersByTimeAsync(1000);
    expect(loads()).toBe(2);
  });

  test('are not loaded after the end', async () => {
    const { live, page, loads } = setUp(() => new Promise((resolve) => setTimeout(resolve, 100)));
    page('known:a');
    await jest.advanceTimersByTimeAsync(500);
    page('known:b');
    live.close();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(loads()).toBe(2);
  });

  test('of an unknown name do not exist', () => {
    expect(
      setUp(async () => 'value')
        .page('other')
        .seen(),
    ).toEqual(['There is no topic "other".']);
  });
});
