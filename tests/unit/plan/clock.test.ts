import { drivenClock } from '../../../local/core/clock';
import { tokenBucket } from '../../../plan/token-bucket';

describe('the clock of a simulation', () => {
  test('runs events in the order of their times, those of one time in the order in which they were set', async () => {
    const clock = drivenClock(1000);
    const seen: string[] = [];
    const at = (milliseconds: number, name: string) =>
      clock.setTimeout(() => seen.push(`${name} ${clock.now()}`), milliseconds);
    for (const milliseconds of [50, 10, 40, 20, 30, 10]) at(milliseconds, String(milliseconds));
    at(15, 'cancelled').cancel();
    clock.setTimeout(() => at(5, 'nested'), 10);
    await clock.runAll();
    expect(seen).toEqual(['10 1010', '10 1010', 'nested 1015', '20 1020', '30 1030', '40 1040', '50 1050']);
  });

  test('lets promises settle before time goes on', async () => {
    const clock = drivenClock(0);
    const seen: number[] = [];
    clock.setTimeout(() => void Promise.resolve().then(() => clock.setTimeout(() => seen.push(clock.now()), 1)), 10);
    clock.setTimeout(() => seen.push(clock.now()), 20);
    await clock.runAll();
    expect(seen).toEqual([11, 20]);
  });
});

/** As AWS describes it: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
test('a token bucket allows a burst, then its rate', async () => {
  const clock = drivenClock(0);
  const bucket = tokenBucket(clock, 10, 30);
  const takenAt = (second: number) =>
    clock.setTimeout(() => {
      let taken = 0;
      while (bucket.take()) taken += 1;
      counts.push(taken);
    }, second * 1000);
  const counts: number[] = [];
  for (const second of [0, 1, 2, 10]) takenAt(second);
  await clock.runAll();
  expect(counts).toEqual([30, 10, 10, 30]);
  expect([bucket.asked(), bucket.refused(), bucket.peak()]).toEqual([84, 4, 30]);
});
