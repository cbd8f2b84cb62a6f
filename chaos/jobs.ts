import {
  AddThingToThingGroupCommand,
  CancelJobCommand,
  CreateDynamicThingGroupCommand,
  CreateThingGroupCommand,
  DeleteJobCommand,
  InvalidRequestException,
  type IoTClient,
  RemoveThingFromThingGroupCommand,
} from '@aws-sdk/client-iot';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { FIRST_VERSION, type GroupName, type PlannedDevice } from './plan';
import type { Recorder } from './recorder';
import type { TimeLimits } from './time-limits';

/** What the operator of a campaign does, each as soon as something has happened. */
export interface JobsDeps {
  readonly iot: IoTClient;
  readonly lambda: LambdaClient;
  readonly createJobFunction: string;
  readonly devices: readonly PlannedDevice[];
  readonly timeLimits: TimeLimits;
  readonly recorder: Recorder;
  /** Whether the operator creates the next job of a group only when the workflows of the cancelled one are over. */
  readonly isPatient: boolean;
  /** A name for the job that is the same in every run, and what it upgrades to. */
  readonly onJob: (jobId: string, name: string, target: string) => void;
  readonly onDelete: (jobId: string) => void;
  /** Connects the devices that were offline. */
  readonly connectOffline: () => Promise<void>;
  readonly print: (line: string) => void;
}

const VERSION = '2.0.0';
const NEXT_VERSION = '2.1.0';

const created = v.object({ jobId: v.string() });

/** A job that has ended is not cancelled. */
const unlessCompleted = (error: unknown): void => {
  if (!(error instanceof InvalidRequestException)) throw error;
};

export const createJobs = (deps: JobsDeps) => {
  const { iot, lambda, devices, recorder, print } = deps;
  const membersOf = (group: GroupName) => devices.filter((device) => device.group === group);
  const isIn = (group: GroupName) => (thingName: string) => membersOf(group).some((one) => one.thingName === thingName);

  const add = (thingName: string, thingGroupName: string) =>
    iot.send(new AddThingToThingGroupCommand({ thingName, thingGroupName }));

  /** The thing group with those that join it at first. */
  const createGroup = async (group: GroupName): Promise<string> => {
    if (group === 'leaving') {
      const queryString = `thingName:chaos-${group}-* AND attributes.firmwareVersion:${FIRST_VERSION}`;
      const dynamic = new CreateDynamicThingGroupCommand({ thingGroupName: group, queryString });
      return (await iot.send(dynamic)).thingGroupArn ?? '';
    }
    const { thingGroupArn = '' } = await iot.send(new CreateThingGroupCommand({ thingGroupName: group }));
    for (const { thingName, joins } of membersOf(group))
      if (group !== 'joining' || joins !== 'later') await add(thingName, group);
    return thingGroupArn;
  };

  const createJob = async (
    name: string,
    targetArn: string,
    firmwareVersion: string,
    options: Readonly<Record<string, unknown>> = {},
  ): Promise<string> => {
    const payload = { firmwareVersion, targetArn, timeLimits: deps.timeLimits, allowDowngrade: true, ...options };
    const Payload = Buffer.from(JSON.stringify(payload));
    const answer = await lambda.send(new InvokeCommand({ FunctionName: deps.createJobFunction, Payload }));
    const text = Buffer.from(answer.Payload ?? []).toString('utf8');
    if (answer.FunctionError !== undefined) throw new Error(`JobsCreateJob refused job ${name}: ${text}`);
    const { jobId } = v.parse(created, JSON.parse(text));
    deps.onJob(jobId, name, firmwareVersion);
    print(`Job ${name}: ${jobId}, to ${firmwareVersion}`);
    return jobId;
  };

  /** How many of a group must have begun to download for something to happen to their job in the middle. */
  const middle = (group: GroupName) => Math.max(1, Math.ceil(membersOf(group).length / 3));
  let impatience: Promise<unknown> = Promise.resolve();
  /** That happens now, or never: then the job has ended for all of them, or the operator waits no longer. */
  const inTheMiddle = (group: GroupName, state: string, times = middle(group)) => {
    const entered = recorder.entered(state, isIn(group), times);
    return (jobId: string) => Promise.race([entered, recorder.ended(jobId, membersOf(group).length), impatience]);
  };

  const scripts: Readonly<Record<GroupName, (arn: string) => Promise<unknown>>> = {
    snapshot: (arn) => createJob('snapshot', arn, VERSION),
    window: (arn) => {
      const window = { start: '00:00', end: '23:59' };
      return createJob('window', arn, VERSION, { activation: { mode: 'WINDOW', window } });
    },
    retried: (arn) =>
      createJob('retried', arn, VERSION, { retry: { criteriaList: [{ failureType: 'FAILED', numberOfRetries: 1 }] } }),
    leaving: (arn) => createJob('leaving', arn, VERSION, { targetSelection: 'CONTINUOUS' }),
    joining: async (arn) => {
      const begun = inTheMiddle('joining', 'WaitForDeviceMessages', 1);
      await begun(await createJob('joining', arn, VERSION, { targetSelection: 'CONTINUOUS' }));
      for (const { thingName, joins } of membersOf('joining')) {
        if (joins === 'again')
          await iot.send(new RemoveThingFromThingGroupCommand({ thingName, thingGroupName: 'joining' }));
        if (joins !== 'first') await add(thingName, 'joining');
      }
    },
    cancelled: async (arn) => {
      const begun = inTheMiddle('cancelled', 'WaitForDeviceMessages');
      const jobId = await createJob('cancelled', arn, VERSION);
      await begun(jobId);
      await iot.send(new CancelJobCommand({ jobId, force: true })).catch(unlessCompleted);
      if (deps.isPatient) await recorder.stopped(jobId);
      await createJob('after-cancelled', arn, NEXT_VERSION);
    },
    deleted: async (arn) => {
      const begun = inTheMiddle('deleted', 'WaitForDeviceMessages');
      const jobId = await createJob('deleted', arn, VERSION);
      await begun(jobId);
      deps.onDelete(jobId);
      await iot.send(new DeleteJobCommand({ jobId, force: true }));
    },
    twice: async (arn) => {
      const begun = inTheMiddle('twice', 'WaitForDeviceMessages');
      await begun(await createJob('twice', arn, VERSION));
      await createJob('second', arn, NEXT_VERSION);
    },
    offline: async (arn) => {
      const waiting = inTheMiddle('offline', 'WaitForDeviceConnected');
      await waiting(await createJob('offline', arn, VERSION));
      await deps.connectOffline();
    },
  };

  const groups = Object.keys(scripts) as readonly GroupName[];
  return {
    /** Creates the thing groups. @returns their ARNs */
    prepare: async () =>
      new Map(await Promise.all(groups.map(async (name) => [name, await createGroup(name)] as const))),
    /** Resolves when the operator has nothing more to do. @param until resolves when the operator is not to wait for devices any more */
    run: async (arns: ReadonlyMap<GroupName, string>, until: Promise<unknown>): Promise<void> => {
      impatience = until;
      await Promise.all(groups.map((name) => scripts[name](arns.get(name) ?? '')));
    },
  };
};
