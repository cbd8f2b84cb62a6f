import { runCampaign } from '../../chaos/campaign';
import { ALL_KINDS } from '../../chaos/kinds';
import { FEWEST_DEVICES } from '../../chaos/plan';
import { reportLines } from '../../chaos/report';

jest.setTimeout(300_000);

test('whatever goes wrong, no upgrade is lost, stuck, repeated or a false success', async () => {
  const lines: string[] = [];
  const result = await runCampaign(
    {
      ...{
        seed: 1,
        devices: FEWEST_DEVICES,
        kinds: ALL_KINDS,
        timeScale: 0.02,
        troubleSeconds: 10,
        verbose: false,
        isPatient: true,
      },
      stop: new AbortController().signal,
    },
    (line) => lines.push(line),
  );
  const report = [...lines, ...reportLines(result, 'npm run chaos')].join('\n');
  expect(result.violations.length === 0 ? '' : report).toBe('');
  // Nothing of this holds on a platform that did not misbehave.
  expect(Object.keys(result.injected).toSorted()).toEqual(ALL_KINDS.toSorted());
  expect(result.poison).toBeGreaterThan(0);
  expect(result.outcomes['SUCCEEDED']).toBeGreaterThan(0);
  expect(result.workflows).toBeGreaterThan(FEWEST_DEVICES);
});
