import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IoTClient } from '@aws-sdk/client-iot';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { RoleCall } from '../local/core/disturbance';
import { type EmbeddedAws, startEmbeddedAws } from '../local/embedded-aws';
import type { DeviceEvent } from '../simulator/device';
import { provisionFleet } from '../simulator/provisioning';
import { collectDevices } from './collect';
import { createDisturber, type Disturber } from './disturber';
import { createFleets } from './fleets';
import { createJobs } from './jobs';
import type { Kind } from './kinds';
import { type Letters, openLetters } from './letters';
import { FIRST_VERSION, planDevices } from './plan';
import { createRecorder, type Recorder } from './recorder';
import { slownessOf, type TimeLimits, timeLimitsFor } from './time-limits';
import type { ObservedDevice } from './world';

export interface StageOptions {
  readonly seed: number;
  readonly devices: number;
  readonly kinds: readonly Kind[];
  /** Factor on the simulator's delays. */
  readonly timeScale: number;
  /** Whether the operator creates the next job of a group only when the workflows of the cancelled one are over. */
  readonly isPatient: boolean;
  /** Also prints what functions, services and devices report. */
  readonly verbose: boolean;
}

/** All that takes part in a campaign. */
export interface Stage {
  readonly aws: EmbeddedAws;
  readonly disturber: Disturber;
  readonly recorder: Recorder;
  readonly letters: Letters;
  readonly timeLimits: TimeLimits;
  /** Connects the devices that are not offline at first. */
  connect(): Promise<void>;
  /**
   * Creates, cancels and deletes jobs. Resolves when there is nothing more to do.
   * @param impatience resolves when the operator is not to wait for devices any more
   */
  operate(impatience: Promise<unknown>): Promise<void>;
  isDeleted(jobId: string): boolean;
  /** What the devices and the services have now. */
  collect(): Promise<readonly ObservedDevice[]>;
  close(): Promise<void>;
}

const STACK_NAME = 'wme';

/** The operator's own call, and the queues of last resort. */
const isSpared = ({ service, invocation }: RoleCall): boolean =>
  service === 'sqs' || (invocation?.functionName.includes('JobsCreateJob') ?? false);

/** The jobs of a campaign: their ids are random, so they have names. */
const createRegister = () => {
  const jobs = new Map<string, { readonly name: string; readonly target: string }>();
  const deleted = new Set<string>();
  return {
    add: (jobId: string, name: string, target: string) => void jobs.set(jobId, { name, target }),
    delete: (jobId: string) => void deleted.add(jobId),
    isDeleted: (jobId: string) => deleted.has(jobId),
    targetOf: (jobId: string) => jobs.get(jobId)?.target ?? '',
    /** A text with names instead of ids. */
    stable: (text: string) => [...jobs].reduce((so, [jobId, { name }]) => so.replaceAll(jobId, name), text),
  };
};

/** Puts a stack and the things of its devices on stage. Nothing misbehaves yet, and no device is connected. */
export const prepareStage = async (options: StageOptions, print: (line: string) => void): Promise<Stage> => {
  const { seed, devices: count, kinds, timeScale, verbose } = options;
  const devices = planDevices(seed, count);
  const begin = performance.now();
  const register = createRegister();
  const closing: (() => Promise<void> | undefined)[] = [];
  const close = async () => {
    for (const one of closing.splice(0).reverse()) await one();
  };

  const disturber = createDisturber({ seed, kinds, stable: register.stable, spares: isSpared });
  let runs = (_thingName: string): string => FIRST_VERSION;
  const { recorder, follow } = createRecorder((thingName) => runs(thingName));
  const disturbance: Disturber = {
    ...disturber,
    deliver: (delivery) => {
      recorder.noteDelivery(delivery);
      return disturber.deliver(delivery);
    },
  };
  const onEvent = (thingName: string, event: DeviceEvent) => {
    if (event.kind === 'downloading') recorder.noteDownload(thingName, event.commandKey);
    if (verbose) print(`${thingName} ${event.kind}: ${event.detail}`);
  };

  try {
    const aws = await startEmbeddedAws({
      ...{ stackName: STACK_NAME, httpPort: 0, mqttPort: 0, disturbance },
      report: ({ source, message }) => {
        if (verbose) print(`[${source}] ${message}`);
      },
    });
    closing.push(aws.close);
    const slowness = slownessOf(performance.now() - begin);
    if (slowness > 1.5) print(`This machine is busy: time limits are ${slowness.toFixed(1)} times as long`);
    const timeLimits = timeLimitsFor(count, timeScale, slowness);
    follow(aws);
    const [iot, lambda] = [new IoTClient(aws.clientConfig), new LambdaClient(aws.clientConfig)];
    const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient(aws.clientConfig));
    for (const client of [iot, lambda, dynamo]) closing.push(() => void client.destroy());
    const letters = await openLetters(aws, STACK_NAME);
    closing.push(() => void letters.close());
    await provisionFleet({
      ...{ iot, count, prefix: '', firmwareVersion: FIRST_VERSION, policyName: aws.output('DevicePolicyName') },
      suffixOf: (index) => devices[index]?.thingName ?? '',
    });
    const fleets = createFleets({ devices, mqttUrl: aws.mqttUrl, seed, timeScale, onEvent });
    closing.push(fleets.close);
    runs = fleets.runs;
    const jobs = createJobs({
      ...{ iot, lambda, devices, timeLimits, recorder, print, isPatient: options.isPatient },
      createJobFunction: aws.output('CreateJobFunction'),
      ...{ onJob: register.add, onDelete: register.delete, connectOffline: fleets.connectOffline },
    });
    const groups = await jobs.prepare();
    return {
      ...{ aws, disturber, recorder, letters, timeLimits, close },
      connect: fleets.connect,
      operate: (impatience) => jobs.run(groups, impatience),
      isDeleted: register.isDeleted,
      collect: () =>
        collectDevices({
          ...{ iot, dynamo, devices, recorder, stack: letters.stack },
          ...{ runs: fleets.runs, reports: fleets.reports },
          ...{ targetOf: register.targetOf, isDeleted: register.isDeleted },
        }),
    };
  } catch (error) {
    await close();
    throw error;
  }
};
