import { countsOf } from '../../../bench/counts';
import { exceeded, growing, growthOf, LIMITS } from '../../../bench/limits';
import type { LocalMetrics } from '../../../local/embedded-aws';

const METRICS: LocalMetrics = {
  ...{ stateTransitions: 140, sdkCalls: 192, readUnits: 30, writeUnits: 200, lambdaInvocations: 161 },
  calls: {
    ...{ 'iot:DescribeJobTemplate': 1, 'iot:CreateJob': 1, 'dynamodb:GetItem': 50, 'dynamodb:Query': 10 },
    ...{ 'dynamodb:UpdateItem': 80, 'dynamodb:PutItem': 10, 'sns:Publish': 40, 'lambda:Invoke': 30 },
  },
  ...{ deviceMessages: 60, deadLetters: 0, ruleFailures: 0 },
};

describe('counts per upgrade', () => {
  const counts = countsOf(METRICS, 10);

  test('are those of the upgrades: what creates the job is left out', () => {
    expect(counts).toMatchObject({ 'state transitions': 14, 'AWS calls': 19, 'Lambda invocations': 16 });
    expect(counts).not.toHaveProperty('iot:CreateJob');
  });
  test('tell invocations by the state machine from other calls: they are counted with the invocations', () => {
    expect(counts).toMatchObject({ 'lambda:Invoke': 3, 'AWS calls': 19 });
  });
  test('tell reads of DynamoDB from writes', () => {
    expect(counts).toMatchObject({ 'DynamoDB reads': 6, 'DynamoDB writes': 9, 'dynamodb:Query': 1 });
  });
  test('have the read units of one of the three events that a device sends', () => {
    expect(counts['reads per device event']).toBe(1);
  });
  test('include all that has a limit', () => {
    expect(Object.keys(counts)).toEqual(expect.arrayContaining(Object.keys(LIMITS)));
  });
});

describe('limits', () => {
  const at = (value: number) => ({
    devices: 20,
    counts: Object.fromEntries(Object.entries(LIMITS).map(([name, limit]) => [name, limit + value])),
  });

  test('a count at its limit is allowed', () => expect(exceeded(at(0))).toEqual([]));
  test.each(Object.keys(LIMITS))('%s above its limit is named, with the number and the limit', (name) => {
    const [problem, ...others] = exceeded({
      devices: 20,
      counts: { ...at(0).counts, [name]: (LIMITS[name] ?? 0) + 0.25 },
    });
    expect(others).toEqual([]);
    expect(problem).toBe(
      `${name}: ${((LIMITS[name] ?? 0) + 0.25).toFixed(2)} per upgrade with 20 devices, at most ${LIMITS[name]} are allowed`,
    );
  });
  test('a count that is missing is not taken for zero', () => {
    expect(exceeded({ devices: 20, counts: {} })).toContain('AWS calls: not counted with 20 devices');
  });
});

describe('growth', () => {
  const sized = (devices: number, count: number) => ({ devices, counts: { 'sns:Publish': count } });

  test('is the ratio of the larger fleet to the smaller one', () => expect(growthOf(4, 5)).toBe(1.25));
  test('is infinite for what only the larger fleet does', () => expect(growthOf(0, 1)).toBe(Infinity));
  test('is none for what happens once per job', () => expect(growthOf(0.01, 0.05)).toBe(1));
  test('by a twentieth is allowed, more is named', () => {
    expect(growing(sized(100, 5), sized(400, 5.25))).toEqual([]);
    expect(growing(sized(100, 5), sized(400, 6.5))).toEqual([
      'sns:Publish: 5.00 per upgrade with 100 devices, 6.50 with 400: × 1.30, at most × 1.05 is allowed',
    ]);
  });
});
