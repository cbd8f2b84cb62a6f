import { accountSettingsResource } from '../../functions/deployment/account-settings/account-settings';
import { customResource } from '../../functions/deployment/custom-resource';
import { descriptorResource } from '../../functions/deployment/descriptor/descriptor';
import { activateFirmware } from '../../functions/device-management/activate-firmware/activate-firmware';
import { downloadFirmware } from '../../functions/device-management/download-firmware/download-firmware';
import { followVersion } from '../../functions/device-management/follow-version/follow-version';
import { handleDeviceMessage } from '../../functions/device-management/message-handler/message-handler';
import { protocolsFor } from '../../functions/device-management/protocols';
import { createJob } from '../../functions/jobs/create-job/create-job';
import { jobExecutionEnded } from '../../functions/jobs/job-execution-ended/job-execution-ended';
import { measureJobs } from '../../functions/jobs/measure-jobs/measure-jobs';
import { updateStatus } from '../../functions/jobs/update-status/update-status';
import type { Log } from '../../functions/shared/log';
import { activationWindow } from '../../functions/workflow/activation-window/activation-window';
import { executionEnded } from '../../functions/workflow/execution-ended/execution-ended';
import { startAck } from '../../functions/workflow/start-ack/start-ack';
import { stopWorkflow } from '../../functions/workflow/stop/stop';
import { startWait, upgradeStatus } from '../../functions/workflow/upgrade-status/upgrade-status';
import {
  begun,
  CONTROLLER,
  event,
  START,
  THING,
  type World,
  world,
} from '../../tests/unit/functions/support/device-world';
import { fakeInbox } from '../../tests/unit/functions/support/fake-inbox';
import type { Comparison } from './compare';
import { replaying } from './replay';

const silent: Log = {
  ...{ info: () => undefined, warn: () => undefined, error: () => undefined },
  ...{ count: () => undefined, measure: () => undefined, with: () => silent },
};
const nothing = async (): Promise<void> => undefined;
const settled = async (): Promise<boolean> => true;
const tasks = { succeed: settled, fail: settled };
const now = Date.now;
const ID = 'FirmwareUpgrade-abcdefghij.1';
const operation = { id: ID, operationId: ID, thingName: THING, executionArn: 'arn:aws:states:r:0:execution:m:e' };

/** A core on one event. Its name is the logical id of its function. */
interface Core<Input> {
  readonly name: string;
  readonly input: Input;
  readonly run: (input: Input) => unknown;
  readonly prepare?: () => void;
}

/** The least that a function does with its event is to parse it. */
const against = <Input>({ name, input, run, prepare }: Core<Input>): Comparison => ({
  ...{ name: `core: ${name}`, against: 'JSON copy of its event' },
  run: () => run(input),
  baseline: () => {
    JSON.parse(JSON.stringify(input));
  },
  ...(prepare && { prepare }),
});

/** The device management domain, whose table answers as it did once. @param w a device as it is before the event */
const recordedDevice = (w: World) => {
  const { port: devices, rewind } = replaying(w.devices);
  const deps = {
    protocols: protocolsFor(CONTROLLER),
    devices,
    send: nothing,
    publish: nothing,
    now: () => w.state.now,
  };
  return { deps, rewind };
};

/** A core that asks its ports: each run is the recorded one again. */
const recorded = async <Input>(core: Omit<Core<Input>, 'prepare'>, { rewind }: { readonly rewind: () => void }) => {
  await core.run(core.input);
  return against({ ...core, prepare: rewind });
};

const deviceManagement = async (): Promise<readonly Comparison[]> => {
  const [idle, ready, transferring, booting] = [world(), world(), await begun(), await begun()].map(recordedDevice);
  if (!idle || !ready || !transferring || !booting) throw new Error('There is a device for each core.');
  const transferred = event('TransferComplete!', { CommandKey: START.id, FaultCode: '0', FaultString: '' });
  const booted = event('Boot!', {
    ...{ CommandKey: START.id, Cause: 'LocalReboot', FirmwareUpdated: 'true' },
    ParameterMap: '{"Device.DeviceInfo.SoftwareVersion":"1.2.3"}',
  });
  const download = downloadFirmware({
    ...{ ...idle.deps, urlTemplate: 'https://theupgradeurl.com/{firmwareVersion}', credentials: async () => undefined },
  });
  const activate = activateFirmware(ready.deps);
  const activation = { ...START, name: 'ACTIVATE_FIRMWARE' as const };
  return [
    await recorded({ name: 'DMDownloadFirmwareFunction', input: START, run: (input) => download(input, silent) }, idle),
    await recorded(
      { name: 'DMActivateFirmwareFunction', input: activation, run: (input) => activate(input, silent) },
      ready,
    ),
    await recorded(
      {
        ...{ name: 'DeviceMessageHandlerFunction, transfer', input: transferred },
        run: handleDeviceMessage({ ...transferring.deps, log: silent }),
      },
      transferring,
    ),
    await recorded(
      {
        ...{ name: 'DeviceMessageHandlerFunction, boot', input: booted },
        run: handleDeviceMessage({ ...booting.deps, log: silent }),
      },
      booting,
    ),
    against({
      name: 'DMFollowVersionFunction',
      input: { name: 'DEVICE_VERSION_REPORTED' as const, thingName: THING, firmwareVersion: '1.2.3', sentAt: 0 },
      run: (input) => follow(input, silent),
    }),
  ];
};
const follow = followVersion({
  describeThing: async () => ({ version: 1, firmwareVersion: '1.2.1' }),
  updateThing: nothing,
  versionsOf: async () => ({ running: '1.2.3', awaited: undefined }),
  now,
});

const workflow = async (): Promise<readonly Comparison[]> => {
  const [waits, events] = [replaying(fakeInbox().inbox), replaying(fakeInbox().inbox)];
  const wait = { name: 'DEVICE_REBOOTED', operationId: ID, thingName: THING, token: 't', executionArn: 'arn:e' };
  const rebooted = { ...operation, name: 'DEVICE_REBOOTED', status: 'SUCCESS', firmwareVersion: '1.2.3' } as const;
  const record = upgradeStatus({ inbox: events.port, tasks, now });
  const stop = stopWorkflow({ markEnded: async () => [], stopExecution: nothing });
  return [
    await recorded(
      {
        ...{ name: 'UpgradeStatusReceivedFunction, wait', input: { wait } },
        run: startWait({ inbox: waits.port, tasks, now }, silent),
      },
      waits,
    ),
    await recorded(
      {
        ...{ name: 'UpgradeStatusReceivedFunction, event', input: rebooted },
        run: (input) => record(input, silent),
      },
      events,
    ),
    against({
      name: 'OnDownloadStartACKFunction',
      input: {
        ...{ name: 'DEVICE_STARTED_DOWNLOAD_SUCCESS' as const, id: ID, thingName: THING },
        ...{ firmwareVersion: '1.2.3', token: 't' },
      },
      run: (input) => startAck(tasks)(input, silent),
    }),
    against({
      name: 'ActivationWindowFunction',
      input: { ...operation, activation: { window: { start: '02:00', end: '05:00' } }, attributes: {} },
      run: (input) => activationWindow(now, silent)(input),
    }),
    against({
      name: 'ExecutionEndedFunction',
      input: {
        detail: { executionArn: 'arn:e', status: 'FAILED', input: JSON.stringify(operation), error: 'States.Runtime' },
      },
      run: (input) => executionEnded(nothing, silent)(input),
    }),
    against({
      name: 'StopWorkflowFunction',
      input: {
        ...{ name: 'JOB_EXECUTION_ENDED' as const, jobId: 'job', thingName: THING },
        ...{ reason: 'canceled', startedBefore: 0 },
      },
      run: (input) => stop(input, silent),
    }),
  ];
};

const jobs = (): readonly Comparison[] => {
  const refused = () => Promise.reject(new Error('Only a dry run asks the fleet index.'));
  const create = createJob({
    ...{ templateId: 'wme-FirmwareUpgrade', jobIdPrefix: 'FirmwareUpgrade', longestThingName: 83, log: silent, now },
    timeLimits: { startDownloadSeconds: 120, transferSeconds: 1800, operationSeconds: 1200, rebootSeconds: 2700 },
    fleet: { count: refused, search: refused, checkGroup: refused },
    describeTemplate: async () => ({ document: '{"version":"1.0","stateMachineName":"wme-FirmwareUpgrade"}' }),
    createJob: async () => ({ jobArn: 'arn:job' }),
  });
  const measure = measureJobs({
    ...{ stateMachineName: 'wme-FirmwareUpgrade', jobIdPrefix: 'FirmwareUpgrade', log: silent },
    activeJobs: async () => ['FirmwareUpgrade-abcdefghij'],
    documentOf: async () => '{"stateMachineName":"wme-FirmwareUpgrade"}',
    progressOf: async () => ({ queued: 1, inProgress: 2 }),
  });
  return [
    against({
      name: 'CreateJobFunction',
      input: { firmwareVersion: '1.2.3', targetArn: 'arn:aws:iot:eu-west-1:123456789012:thinggroup/old' },
      run: create,
    }),
    against({
      name: 'JobsUpdateStatus',
      input: { ...operation, name: 'FIRMWARE_UPGRADE_SUCCESS' } as const,
      run: (input) => updateStatus({ updateJobExecution: nothing, publish: nothing })(input, silent),
    }),
    against({
      name: 'JobExecutionEndedFunction',
      input: { jobId: 'job', thingName: THING, reason: 'canceled' },
      run: jobExecutionEnded({ activeAttempt: async () => undefined, publish: nothing, log: silent, now }),
    }),
    against({ name: 'MeasureJobsFunction', input: {}, run: measure }),
  ];
};

const deployment = (): readonly Comparison[] => {
  const request = {
    ...{ RequestType: 'Create', ResponseURL: 'https://cloudformation.example.com/' },
    ...{ StackId: 's', RequestId: 'r', LogicalResourceId: 'l' },
  };
  const descriptor = descriptorResource({
    descriptor: { key: 'k', bytes: Buffer.from('') },
    ...{ putObject: nothing, hasObject: async () => true, emptyBucket: nothing },
  });
  const settings = accountSettingsResource({
    ...{ enableFleetIndexing: nothing, untilIndexIsActive: nothing, enableJobEvents: nothing },
  });
  return [
    against({
      name: 'DescriptorFunction',
      input: { ...request, ResourceProperties: { Bucket: 'b', DescriptorKey: 'k' } },
      run: customResource(descriptor, silent, nothing),
    }),
    against({
      name: 'AccountSettingsFunction',
      input: { ...request, ResourceProperties: { EnableFleetIndexing: 'true', EnableJobEvents: 'true' } },
      run: customResource(settings, silent, nothing),
    }),
  ];
};

/** The core of every function with ports in memory. A message is as its function has parsed it. */
export const coreComparisons = async (): Promise<readonly Comparison[]> => [
  ...jobs(),
  ...(await workflow()),
  ...(await deviceManagement()),
  ...deployment(),
];
