import { demandOf } from '../../../plan/demand';
import { planOf } from '../../../plan/plan';
import { plotOf } from '../../../plan/plot';
import { simulate } from '../../../plan/simulate';
import type { QuotaName } from '../../../plan/quotas';

jest.setTimeout(60_000);

const REGION = 'us-east-1';
const plan = planOf({ devices: 1_000_000, windowHours: 1, region: REGION, deviceSeconds: 600, share: 0.8 });
const simulated = (devices: number, rate: number, region = REGION) =>
  simulate({ devices, rate, region, deviceSeconds: 3 });

describe('the simulation of a roll-out', () => {
  test('at the rate of the plan achieves it, and is throttled nowhere', async () => {
    const result = await simulated(240, plan.rate);
    expect(result).toMatchObject({ succeeded: 240, failed: 0, notStarted: 0, deadLetters: 0 });
    expect(result.achievedRate / plan.rate).toBeCloseTo(1, 1);
    expect(result.uses.filter(({ refused }) => refused > 0)).toEqual([]);
  });

  test('takes of each quota what the arithmetic says', async () => {
    const devices = 20;
    const { uses } = await simulated(devices, 20);
    const demand = demandOf(3);
    const levels: readonly QuotaName[] = ['jobs-rollout', 'open-executions', 'lambda-concurrency'];
    for (const { quota, asked } of uses)
      if (!levels.includes(quota))
        expect({ quota, perUpgrade: asked / devices }).toEqual({ quota, perUpgrade: demand[quota] });
  });

  test('well above it is throttled by the quotas that bind first, and loses nothing', async () => {
    const result = await simulated(240, plan.rate * 3);
    expect(result).toMatchObject({ succeeded: 240, failed: 0, notStarted: 0, deadLetters: 0 });
    expect(result.achievedRate).toBeLessThan(plan.rate * 2);
    const refused = result.uses.filter((use) => use.refused > 0).map(({ quota }) => quota);
    expect(refused).toContain('update-thing');
  });

  test('says what could not be started, when even that is throttled', async () => {
    // Outside the large Regions, 800 workflows may begin at once.
    const { notStarted, succeeded } = await simulated(900, 20_000, 'sa-east-1');
    expect(notStarted).toBeGreaterThan(0);
    expect(notStarted + succeeded).toBe(900);
  });

  test('is drawn with what was refused', async () => {
    const plot = plotOf(await simulated(150, 400), 'A <test>');
    expect(plot).toMatch(/^<svg /);
    expect(plot).toContain('A &lt;test>');
    expect(plot).toContain('150</text>');
    expect(plot).toMatch(/\d+ refused<\/text>/);
  });
});
