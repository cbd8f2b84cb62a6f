import { CreateDynamicThingGroupCommand, IoTClient, SearchIndexCommand } from '@aws-sdk/client-iot';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type EmbeddedAws, type LocalMetrics, startEmbeddedAws } from '../../local/embedded-aws';
import { provisionFleet } from '../../simulator/provisioning';
import { DEFAULT_SEED, type FaultRate, faultsOf } from '../../simulator/fault-plan';
import { type RunningFleet, startFleetInProcesses } from '../../simulator/processes/fleet-processes';
import { followJob, type JobProgress } from './follow-job';
import { type LiveProgress, progressLines } from './live-progress';
import { type DemoSummary, summarize } from './summary';
import { type TimeLimits, timeLimitsFor } from './time-limits';

export interface DemoOptions {
  readonly devices: number;
  readonly failDownload: number;
  readonly failBoot: number;
  /** The faults of all other devices; default: none. */
  readonly faults?: readonly FaultRate[];
  readonly seed?: number;
  /** Factor on the original's delays (30 s to the first boot, 10/15/20 s to the three events). */
  readonly timeScale: number;
  readonly httpPort: number;
  readonly mqttPort: number;
  readonly verbose: boolean;
  /** Processes that share the devices; default: by devices and processors. */
  readonly processes?: number;
  /** Called when the stack is deployed, before there are devices. */
  readonly onDeployed?: (aws: EmbeddedAws) => Promise<void>;
}

export interface RunningDemo {
  readonly summary: DemoSummary;
  /** Counts the upgrades only, not the connecting of the fleet. */
  readonly metrics: LocalMetrics;
  readonly aws: EmbeddedAws;
  readonly jobId: string;
  readonly close: () => Promise<void>;
}

const FROM_VERSION = '1.2.1';
const TO_VERSION = '1.2.3';
const GROUP_NAME = 'firmware-1-2-1';
export const STACK_NAME = 'wme';

/** As in the original: the things that run the old version. */
const createGroup = async (iot: IoTClient) => {
  const { thingGroupArn } = await iot.send(
    new CreateDynamicThingGroupCommand({
      thingGroupName: GROUP_NAME,
      queryString: `attributes.firmwareVersion:${FROM_VERSION}`,
    }),
  );
  if (thingGroupArn === undefined) throw new Error(`The thing group ${GROUP_NAME} has no ARN.`);
  return thingGroupArn;
};

const createJob = async (
  lambda: LambdaClient,
  functionName: string,
  targetArn: string,
  timeLimits: TimeLimits | undefined,
) => {
  const payload = JSON.stringify({ firmwareVersion: TO_VERSION, upgradeTrigger: 'manual', targetArn, timeLimits });
  const answer = await lambda.send(new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(payload) }));
  const text = Buffer.from(answer.Payload ?? []).toString('utf8');
  if (answer.FunctionError !== undefined) throw new Error(`JobsCreateJob refused the job: ${text}`);
  const body: unknown = JSON.parse(text);
  if (typeof body !== 'object' || body === null || !('jobId' in body) || typeof body.jobId !== 'string')
    throw new Error(`JobsCreateJob returned no jobId: ${text}`);
  return body.jobId;
};

/** The messages that a device sends when it connects for the first time, and is not done before: it has booted, its subscriptions exist. */
const SETUP = ['Boot!', 'ADD_RESP'];

/** `done` resolves when `count` has been called this often. */
const countdown = (times: number) => {
  let left = times;
  let finish: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (finish = resolve));
  return {
    done,
    count: () => {
      left -= 1;
      if (left === 0) finish();
    },
  };
};

/** The firmware version of each thing of the fleet. */
const versionsOf = async (iot: IoTClient, prefix: string): Promise<ReadonlyMap<string, string>> => {
  const versions = new Map<string, string>();
  let nextToken: string | undefined;
  do {
    const page = await iot.send(
      new SearchIndexCommand({ queryString: `thingName:${prefix}*`, maxResults: 100, ...(nextToken && { nextToken }) }),
    );
    for (const thing of page.things ?? [])
      if (thing.thingName !== undefined) versions.set(thing.thingName, thing.attributes?.['firmwareVersion'] ?? '');
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return versions;
};

/** What a device reports of an upgrade, as the simulator names it. */
const isUpgradeEvent = (message: string) => /^(TransferComplete!|OperationComplete|Boot!)/.test(message);

/**
 * Upgrades a fleet of simulated devices end to end on the embedded AWS.
 * @param print receives progress, one line at a time
 * @param live shows the steps of the upgrades; by default they are printed when they change
 */
export const runDemo = async (
  options: DemoOptions,
  print: (line: string) => void,
  live: LiveProgress = progressLines(print),
): Promise<RunningDemo> => {
  const started = performance.now();
  const aws = await startEmbeddedAws({
    stackName: STACK_NAME,
    httpPort: options.httpPort,
    mqttPort: options.mqttPort,
    report: (event) => {
      if (options.verbose || event.level !== 'info') print(`[${event.source}] ${event.message}`);
    },
  });
  let fleet: RunningFleet | undefined;
  const close = async () => {
    await fleet?.close();
    await aws.close();
  };
  try {
    print(`Embedded AWS: ${aws.endpointUrl}, MQTT ${aws.mqttUrl}, stack ${STACK_NAME} deployed (${since(started)})`);
    await options.onDeployed?.(aws);
    // Resolves the steps of a call once, not for each call.
    const iot = new IoTClient({ ...aws.clientConfig, cacheMiddleware: true });
    const lambda = new LambdaClient({ ...aws.clientConfig, requestHandler: { requestTimeout: 120_000 } });
    const everyTenth = Math.max(1, Math.floor(options.devices / 10));
    const things = await provisionFleet({
      iot,
      count: options.devices,
      prefix: 'sim-',
      firmwareVersion: FROM_VERSION,
      policyName: aws.output('DevicePolicyName'),
      // The same names in every run, so that the same seed leads to the same faults.
      suffixOf: (index) => String(index + 1).padStart(5, '0'),
      onProgress: (done, total) => {
        if (done === total || done % everyTenth === 0) print(`Provisioned ${done}/${total} things`);
      },
    });
    const { failDownload, failBoot, faults: rates = [], seed = DEFAULT_SEED } = options;
    const faults = faultsOf(
      things.map((thing) => thing.thingName),
      { failDownload, failBoot, faults: rates, seed },
    );
    let events = 0;
    const introduced = countdown(things.length * SETUP.length);
    fleet = await startFleetInProcesses({
      ...(options.processes !== undefined && { processes: options.processes }),
      onProcessLost: (reason) => print(`${reason}; its devices start again`),
      connectRate: Infinity,
      things,
      mqttUrl: aws.mqttUrl,
      firmwareVersion: FROM_VERSION,
      timeScale: options.timeScale,
      // A first boot in the middle of an upgrade would be counted as part of it.
      timings: { firstBootSeconds: 0 },
      faultOf: (thingName) => faults.get(thingName) ?? 'none',
      seed,
      onEvent: (_thing, event) => {
        if (event.kind !== 'published') return;
        if (SETUP.some((message) => event.detail.startsWith(message))) introduced.count();
        if (isUpgradeEvent(event.detail)) events += 1;
      },
      onProgress: (done, total) => {
        if (done === total || done % everyTenth === 0) print(`Connected ${done}/${total} devices`);
      },
    });
    // Subscriptions and inventories are not part of an upgrade, so do not count them.
    await introduced.done;
    await aws.idle();
    const targetArn = await createGroup(iot);
    aws.resetMetrics();
    events = 0;
    const upgrading = performance.now();
    const progress = followJob(aws, options.devices, live.show);
    const timeLimits = rates.length === 0 ? undefined : timeLimitsFor(options.devices, options.timeScale);
    const jobId = await createJob(lambda, aws.output('CreateJobFunction'), targetArn, timeLimits);
    print(`Job ${jobId}: ${FROM_VERSION} → ${TO_VERSION} for group ${GROUP_NAME}`);
    const outcome: JobProgress = await progress.finished;
    live.end();
    const upgradeSeconds = (performance.now() - upgrading) / 1000;
    await aws.idle();
    const metrics = aws.metrics();
    const versions = await versionsOf(iot, 'sim-');
    const summary = summarize({
      faults,
      events,
      outcome,
      versions,
      fromVersion: FROM_VERSION,
      toVersion: TO_VERSION,
      metrics,
      upgradeSeconds,
      wallSeconds: (performance.now() - started) / 1000,
    });
    iot.destroy();
    lambda.destroy();
    return { summary, metrics, aws, jobId, close };
  } catch (error) {
    await close();
    throw error;
  }
};

const since = (start: number) => `${((performance.now() - start) / 1000).toFixed(1)} s`;
