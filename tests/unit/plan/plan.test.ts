import { planOf, type PlanRequest } from '../../../plan/plan';
import { QUOTA, QUOTAS } from '../../../plan/quotas';

const request = (about: Partial<PlanRequest> = {}): PlanRequest => ({
  ...{ devices: 1_000_000, windowHours: 24, region: 'us-east-1', deviceSeconds: 600, share: 0.8 },
  ...about,
});
const useOf = (about: Partial<PlanRequest>, quota: (typeof QUOTAS)[number]) =>
  planOf(request(about)).uses.find((use) => use.quota === quota);

describe('a plan', () => {
  test('takes the whole window when the quotas allow it', () => {
    const plan = planOf(request());
    expect(plan).toMatchObject({ fitsWindow: true, jobs: 1 });
    expect(plan.rate).toBeCloseTo(1_000_000 / (24 * 3600 - 600));
    expect(plan.durationHours).toBeCloseTo(24);
    expect(plan.perMinute).toBe(700);
  });

  test('goes as fast as the quota that binds first, when the window is too short', () => {
    const plan = planOf(request({ windowHours: 1 }));
    // UpdateThing: 100 a second, once per upgrade; UpdateJobExecution: 200 a second, twice.
    expect(plan).toMatchObject({ fitsWindow: false, allowedRate: 80, rate: 80, jobs: 5, perMinute: 960 });
    expect(plan.durationHours).toBeCloseTo((1_000_000 / 80 + 600) / 3600);
  });

  test('says what to ask AWS for, with room for others, and only where the default is too small', () => {
    const needed = 1_000_000 / 3000;
    const asked = useOf({ windowHours: 1 }, 'update-thing')?.askFor ?? 0;
    expect(asked).toBeGreaterThanOrEqual(needed / 0.8);
    expect(asked).toBeLessThan((needed / 0.8) * 1.1);
    expect(useOf({ windowHours: 1 }, 'publish-in')).not.toHaveProperty('askFor');
    expect(useOf({ windowHours: 24 }, 'update-thing')).not.toHaveProperty('askFor');
  });

  test('never takes more of a quota than its share', () => {
    for (const windowHours of [1, 24])
      for (const region of ['us-east-1', 'sa-east-1'])
        for (const { quota, used } of planOf(request({ windowHours, region })).uses)
          expect({ quota, isWithin: quota === 'jobs-rollout' || used <= 0.8 + 1e-9 }).toEqual({
            quota,
            isWithin: true,
          });
  });

  test('is slower in a Region with smaller quotas, and faster with a larger share', () => {
    const rateOf = (about: Partial<PlanRequest>) => planOf(request({ windowHours: 1, ...about })).rate;
    expect(rateOf({ region: 'sa-east-1' })).toBeLessThan(rateOf({}));
    expect(rateOf({ share: 1 })).toBeGreaterThan(rateOf({}));
  });

  test('does not fit when one device takes longer than the window', () => {
    expect(planOf(request({ devices: 1, windowHours: 0.1 }))).toMatchObject({
      fitsWindow: false,
      neededRate: Infinity,
    });
  });

  test('costs what the upgrades cost, whatever the rate', () => {
    const { usd, usdPer1000 } = planOf(request());
    expect(usd).toBeCloseTo(usdPer1000 * 1000);
    expect(usdPer1000).toBeGreaterThan(3);
    expect(planOf(request({ windowHours: 1 })).usd).toBe(usd);
  });
});

test('every quota has a page of AWS as its source', () => {
  for (const quota of QUOTAS) expect(QUOTA[quota].source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
});
