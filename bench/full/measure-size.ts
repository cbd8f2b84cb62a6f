import { runDemo } from '../../cli/demo/run-demo';
import type { EmbeddedAws } from '../../local/embedded-aws';
import { countsOf } from '../counts';
import { followLatencies } from './latencies';
import { type Cpu, cpuBetween, cpuNow, peakMemory } from './processes';
import type { SizeResult } from './size-result';

const ENDED = new Set(['SUCCEEDED', 'FAILED', 'REJECTED', 'TIMED_OUT', 'REMOVED', 'CANCELED']);

/** CPU from the first job execution that is queued until all have ended and nothing is under way. */
const followCpu = (aws: EmbeddedAws, devices: number) => {
  let before: Cpu | undefined;
  let left = devices;
  const used = new Promise<SizeResult['cpu']>((resolve, reject) => {
    aws.onJobExecutionChanged(({ status }) => {
      before ??= cpuNow(aws.handlerThreads());
      const start = before;
      if (ENDED.has(status)) left -= 1;
      if (left === 0 && ENDED.has(status))
        aws.idle().then(() => resolve(cpuBetween(start, cpuNow(aws.handlerThreads()), devices)), reject);
    });
  });
  return { used };
};

const follow = (aws: EmbeddedAws, devices: number) => ({
  cpu: followCpu(aws, devices),
  latencies: followLatencies(aws),
});

/**
 * Upgrades a fleet once and measures it.
 * @param onDeployed gets what must be closed when the measuring is interrupted
 * @throws Error when an upgrade does not succeed
 */
export const measureSize = async (
  { devices, processes }: { readonly devices: number; readonly processes: number },
  print: (line: string) => void,
  onDeployed: (aws: EmbeddedAws) => void,
): Promise<SizeResult> => {
  let followed: ReturnType<typeof follow> | undefined;
  const demo = await runDemo(
    {
      ...{ devices, processes, failDownload: 0, failBoot: 0, timeScale: 0.1, httpPort: 0, mqttPort: 0, verbose: false },
      onDeployed: async (aws) => {
        onDeployed(aws);
        followed = follow(aws, devices);
      },
    },
    print,
  );
  const { summary, metrics } = demo;
  if (!followed) throw new Error('The demo has not called onDeployed.');
  const result = {
    ...{ devices, wallSeconds: summary.wallSeconds, upgradeSeconds: summary.upgradeSeconds },
    cpu: await followed.cpu.used,
    ...peakMemory(),
    latencies: followed.latencies.percentiles(),
    counts: countsOf(metrics, devices),
  };
  await demo.close();
  const { unexpected } = summary;
  if (unexpected.length > 0)
    throw new Error(`${unexpected.length} unexpected outcomes: ${unexpected.slice(0, 5).join('; ')}`);
  return result;
};
