import '../cli/quiet-sdk.cjs';
import { runDemo } from '../cli/demo/run-demo';
import { addOptions, createCommand, type OptionSpecs, runCommand, valuesOf } from '../cli/command-line';
import { exitWithFailure } from '../cli/failure';
import { wholeNumber } from '../cli/option-values';
import { ASSUMPTIONS, costOf } from './cost';
import { PRICES } from './prices';

const OPTIONS = {
  devices: { value: 'N', default: '100', description: 'devices of the first fleet' },
  json: { description: 'print one JSON object' },
} as const satisfies OptionSpecs;

const DESCRIPTION =
  'Upgrades two fleets of simulated devices on the embedded AWS, N and 4 N devices (default 100), and prints the cost of an upgrade: calls by operation, state transitions, units, US dollars. Growth is the ratio of the two: 1 means that the cost of an upgrade does not depend on the fleet size. Exit code 1 if anything grows by more than a fifth.';

/**
 * Valid only if both fleets keep the machine busy. Then up to three events of a device are handled in parallel, and each
 * repeats the same lookup; in a small fleet they are handled one after another.
 */
const MAX_GROWTH = 1.2;

const measure = async (devices: number) => {
  console.error(`${devices} devices …`);
  const options = { devices, failDownload: 0, failBoot: 0, timeScale: 0.1, httpPort: 0, mqttPort: 0, verbose: false };
  const demo = await runDemo(options, () => undefined);
  const { metrics } = demo;
  await demo.close();
  if (demo.summary.unexpected.length > 0) throw new Error(`Unexpected outcomes: ${demo.summary.unexpected.join('; ')}`);
  const counts = {
    'state transitions': metrics.stateTransitions,
    'Lambda invocations': metrics.lambdaInvocations,
    'device messages': metrics.deviceMessages,
    'DynamoDB read units': metrics.readUnits,
    'DynamoDB write units': metrics.writeUnits,
    ...metrics.calls,
  };
  const perUpgrade = Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count / devices]));
  return { metrics, perUpgrade: perUpgrade as Readonly<Record<string, number>> };
};

const command = addOptions(createCommand('npm run bench --', DESCRIPTION), OPTIONS);
command.action(async () => {
  const values = valuesOf(command, OPTIONS);
  const devices = wholeNumber('devices', values.devices, 5, 2000);
  const small = await measure(devices);
  const large = await measure(devices * 4);
  const rows = Object.keys(large.perUpgrade)
    .map((name) => ({ name, small: small.perUpgrade[name] ?? 0, large: large.perUpgrade[name] ?? 0 }))
    // Calls made once per job shrink.
    .map((row) => ({ ...row, growth: row.small === 0 ? (row.large > 0.1 ? Infinity : 1) : row.large / row.small }));
  const costs = costOf(large.metrics, devices * 4);
  const total = costs.reduce((sum, { usd }) => sum + usd, 0);
  if (values.json)
    console.log(JSON.stringify({ devices: [devices, devices * 4], rows, costs, usdPer1000Upgrades: total }));
  else {
    console.log(`\nPer upgrade${' '.repeat(29)}${devices} devices  ${devices * 4} devices  growth`);
    for (const { name, small: few, large: many, growth } of rows)
      console.log(
        `${name.padEnd(38)} ${few.toFixed(2).padStart(10)} ${many.toFixed(2).padStart(12)} ${growth.toFixed(2).padStart(7)}`,
      );
    console.log(`\nCost per 1,000 upgrades, us-east-1, prices of ${PRICES.date}, no free tier`);
    for (const { what, count, usd } of costs)
      console.log(`${what.padEnd(38)} ${count.toFixed(6).padStart(12)} per upgrade  $ ${usd.toFixed(4)}`);
    console.log(`${'Total'.padEnd(38)} ${' '.repeat(24)}  $ ${total.toFixed(2)}`);
    console.log(`Assumed: ${JSON.stringify(ASSUMPTIONS)}`);
  }
  if (rows.some(({ growth, large: many }) => growth > MAX_GROWTH && many > 0.2)) process.exitCode = 1;
});

void runCommand(command, process.argv.slice(2), exitWithFailure);
