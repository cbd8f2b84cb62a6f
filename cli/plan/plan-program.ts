import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { planOf } from '../../plan/plan';
import { plotOf } from '../../plan/plot';
import { simulate } from '../../plan/simulate';
import { UsageError } from '../../simulator/usage-error';
import { commandOf, type OptionSpecs } from '../command-line';
import { number, pattern, positiveNumber, wholeNumber } from '../option-values';
import { planLines, simulationLines } from './print-plan';

const OPTIONS = {
  devices: { value: 'N', description: 'devices of the roll-out', group: 'Roll-out' },
  window: { value: 'HOURS', description: 'how long it may take', default: '24' },
  region: { value: 'REGION', description: 'the Region: large ones have larger quotas', default: 'us-east-1' },
  'device-minutes': {
    ...{ value: 'M', default: '10' },
    description: 'from the command to the boot of a device: download, installation, reboot',
  },
  share: { value: 'PERCENT', description: 'how much of each quota the roll-out may take', default: '80' },
  simulate: { description: 'check the arithmetic by a simulation', group: 'Simulation' },
  sample: { value: 'N', description: 'devices that are simulated', default: '2000' },
  'rate-factor': { value: 'F', description: 'simulate F times the rate of the plan, to see what breaks', default: '1' },
  plot: { value: 'FILE', description: 'write the simulation as SVG' },
  json: { description: 'print one JSON object', group: 'Output' },
} as const satisfies OptionSpecs;

const DESCRIPTION =
  'Sizes a roll-out before it runs: how fast the quotas of AWS let it go, how long it takes, what it costs, and what to ask AWS for. With --simulate the real state machine runs through a sample of the fleet on a clock that jumps, with a token bucket for each quota. Exit code 1 if the roll-out does not fit into the window.';

/** Devices are so quick in a simulation that all steps of the sample overlap, as they do in a long roll-out. */
const deviceSecondsFor = (sample: number, rate: number): number => Math.max(1, sample / rate / 4);

/** @param name how it is called */
export const planProgram = (name: string) =>
  commandOf({
    name,
    description: DESCRIPTION,
    options: OPTIONS,
    notes:
      'Examples:\n  npm run plan -- --devices 10000 --window 4\n  npm run plan -- --devices 1000000 --window 24 --simulate',
    run: async (values) => {
      if (values.devices === undefined) throw new UsageError('Give --devices N: how many devices the roll-out has.');
      const region = pattern('region', values.region, /^[a-z]{2}(-[a-z]+)+-\d$/, 'a Region such as eu-west-1');
      const plan = planOf({
        devices: wholeNumber('devices', values.devices, 1, 1_000_000_000),
        windowHours: positiveNumber('window', values.window),
        ...{ region, deviceSeconds: positiveNumber('device-minutes', values['device-minutes']) * 60 },
        share: number('share', values.share, (n) => n > 0 && n <= 100, 'a number above 0, at most 100') / 100,
      });
      const rate = plan.rate * positiveNumber('rate-factor', values['rate-factor']);
      const sample = Math.min(plan.request.devices, wholeNumber('sample', values.sample, 10, 100_000));
      if (!values.json) console.log(planLines(plan).join('\n'));
      let simulation: Awaited<ReturnType<typeof simulate>> | undefined;
      if (values.simulate || values.plot !== undefined) {
        console.error(`\nSimulates ${sample} devices …`);
        const deviceSeconds = deviceSecondsFor(sample, rate);
        simulation = await simulate({ devices: sample, rate, region, deviceSeconds });
        if (!values.json) console.log(`\n${simulationLines(simulation, rate).join('\n')}`);
      }
      if (simulation && values.plot !== undefined) {
        await mkdir(dirname(values.plot), { recursive: true });
        const title = `${sample} of ${plan.request.devices} devices at ${rate.toFixed(1)} a second, ${region}`;
        await writeFile(values.plot, plotOf(simulation, title));
        console.error(`Written: ${values.plot}`);
      }
      if (values.json) {
        const { done: _, ...counts } = simulation ?? { done: [] };
        console.log(JSON.stringify({ ...plan, ...(simulation && { simulation: { rate, ...counts } }) }));
      }
      if (!plan.fitsWindow) process.exitCode = 1;
    },
  });
