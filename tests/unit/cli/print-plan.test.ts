import { planLines, simulationLines } from '../../../cli/plan/print-plan';
import { planOf, type PlanRequest } from '../../../plan/plan';

const request: PlanRequest = {
  ...{ devices: 10_000_000, windowHours: 36, region: 'us-east-1', deviceSeconds: 600, share: 0.8 },
};
const textOf = (about: Partial<PlanRequest> = {}) => planLines(planOf({ ...request, ...about })).join('\n');

describe('a plan in words', () => {
  test('says that it fits, at which rate, with which jobs', () => {
    const text = textOf();
    expect(text).toContain(
      'It fits into 36.0 h: that needs 77.5 devices a second, the quotas allow 80.0 devices a second',
    );
    expect(text).toContain('Jobs      5, each for its own part of the fleet');
    expect(text).toContain('"rollout":{"maximumPerMinute":931}');
    expect(text).not.toContain('cannot be raised');
  });

  test('says that it does not fit, and what to ask AWS for', () => {
    const text = textOf({ windowHours: 12 });
    expect(text).toContain('It does not fit into 12.0 h');
    expect(text).toMatch(/UpdateThing \*.* 80 % {2}300\/s$/m);
  });

  test('says that a window is shorter than one device takes', () => {
    expect(textOf({ windowHours: 0.1 })).toContain('It does not fit into 6.0 min: one device takes longer than that.');
  });

  test('says what a simulation was refused', () => {
    const done = { succeeded: 2, failed: 0, notStarted: 1, deadLetters: 0, seconds: 9, achievedRate: 5, done: [] };
    const use = { quota: 'update-thing', limit: 100, asked: 12, refused: 3, peak: 9 } as const;
    expect(simulationLines({ ...done, uses: [use] }, 10)).toEqual([
      'Simulated 3 devices at 10.0 a second: 2 succeeded, 0 failed, 1 not started, 0 dead letters',
      'Achieved  5.0 devices a second (50 % of the plan)',
      'Throttled IoT Core: UpdateThing: 3 of 12 requests, at most 9 in a second against 100',
    ]);
    expect(simulationLines({ ...done, uses: [] }, 10)).toContain('Throttled nothing');
  });
});
