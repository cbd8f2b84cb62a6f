import { runDemo } from '../../cli/demo/run-demo';
import { CALLS_PER_UPGRADE, PER_UPGRADE } from '../../plan/demand';

jest.setTimeout(90_000);

test('an upgrade on the embedded AWS makes the calls that a plan counts on, whatever the order of its events', async () => {
  const devices = 4;
  const options = { devices, failDownload: 0, failBoot: 0, timeScale: 0.1, httpPort: 0, mqttPort: 0, verbose: false };
  const demo = await runDemo(options, () => undefined);
  try {
    const { calls, stateTransitions } = demo.metrics;
    // Writes depend on which of two events is handled first; CreateJob and its like are made once per job.
    const { 'dynamodb:UpdateItem': _, ...steady } = CALLS_PER_UPGRADE;
    const measured = Object.fromEntries(Object.keys(steady).map((name) => [name, (calls[name] ?? 0) / devices]));
    expect(measured).toEqual(steady);
    const unplanned = Object.keys(calls).filter((name) => !(name in CALLS_PER_UPGRADE));
    expect(unplanned.toSorted()).toEqual(['iot:CreateJob', 'iot:DescribeJobTemplate']);
    expect(stateTransitions / devices).toBe(PER_UPGRADE.stateTransitions);
  } finally {
    await demo.close();
  }
});
