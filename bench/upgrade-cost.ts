import { runDemo } from '../cli/demo/run-demo';
import type { LocalMetrics } from '../local/embedded-aws';
import { ASSUMPTIONS, type CostLine, costOf } from './cost';
import { countsOf } from './counts';
import { exceeded, growing, growthOf, LIMITS, type SizedCounts } from './limits';
import { PRICES } from './prices';

interface Measured extends SizedCounts {
  readonly metrics: LocalMetrics;
}

/** Upgrades a fleet once. @throws Error when an upgrade does not succeed */
export const measureUpgrades = async (devices: number): Promise<Measured> => {
  const options = {
    devices,
    failDownload: 0,
    failBoot: 0,
    timeScale: 0.1,
    httpPort: 0,
    mqttPort: 0,
    verbose: false,
  };
  const { metrics, summary, close } = await runDemo(options, () => undefined);
  await close();
  if (summary.unexpected.length > 0) throw new Error(`Unexpected outcomes: ${summary.unexpected.join('; ')}`);
  return { devices, metrics, counts: countsOf(metrics, devices) };
};

const printCounts = (small: SizedCounts, large: SizedCounts) => {
  const cells = (values: readonly string[]) =>
    values.map((value, column) => value.padStart(column === 2 ? 7 : 13)).join(' ');
  console.log(
    `\n${'Per upgrade'.padEnd(34)} ${cells([`${small.devices} devices`, `${large.devices} devices`, 'growth', 'limit'])}`,
  );
  for (const [name, many] of Object.entries(large.counts)) {
    const few = small.counts[name] ?? 0;
    const values = [few.toFixed(2), many.toFixed(2), growthOf(few, many).toFixed(2), String(LIMITS[name] ?? '')];
    console.log(`${name.padEnd(34)} ${cells(values)}`.trimEnd());
  }
};

const totalOf = (costs: readonly CostLine[]) => costs.reduce((sum, { usd }) => sum + usd, 0);

const printCosts = (costs: readonly CostLine[]) => {
  console.log(`\nCost per 1,000 upgrades, us-east-1, prices of ${PRICES.date}, no free tier`);
  for (const { what, count, usd } of costs)
    console.log(`${what.padEnd(38)} ${count.toFixed(6).padStart(12)} per upgrade  $ ${usd.toFixed(4)}`);
  console.log(`${'Total'.padEnd(38)} ${' '.repeat(24)}  $ ${totalOf(costs).toFixed(2)}`);
  console.log(`Assumed: ${JSON.stringify(ASSUMPTIONS)}`);
};

/** Measures two fleets, of N and 4 N devices, and prints what an upgrade costs. @returns one sentence for each limit that is exceeded */
export const benchCost = async (devices: number, json: boolean): Promise<readonly string[]> => {
  console.error(`${devices} devices …`);
  const small = await measureUpgrades(devices);
  console.error(`${devices * 4} devices …`);
  const large = await measureUpgrades(devices * 4);
  const costs = costOf(large.metrics, large.devices);
  const problems = [...exceeded(small), ...exceeded(large), ...growing(small, large)];
  if (json) {
    const sizes = [small, large].map(({ devices: size, counts }) => ({ devices: size, counts }));
    console.log(JSON.stringify({ sizes, costs, usdPer1000Upgrades: totalOf(costs), problems }));
  } else {
    printCounts(small, large);
    printCosts(costs);
  }
  return problems;
};
