import {
  CreateThingGroupCommand,
  AddThingToThingGroupCommand,
  DescribeJobCommand,
  IoTClient,
} from '@aws-sdk/client-iot';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import type { EmbeddedAws } from '../../local/embedded-aws';
import { type Fleet, startFleet } from '../../simulator/fleet';
import { provisionFleet } from '../../simulator/provisioning';
import { type DeployedStack, deployStack } from '../support/e2e-aws';

jest.setTimeout(60_000);

const DEVICES = 12;
const PER_MINUTE = 120;
const BETWEEN_MS = 60_000 / PER_MINUTE;

/** Devices whose downloads fail, in one group. */
describe('roll-out control on the embedded AWS', () => {
  let stack: DeployedStack;
  let aws: EmbeddedAws;
  let iot: IoTClient;
  let lambda: LambdaClient;
  let fleet: Fleet;
  let groupArn = '';
  let problems: string[];

  beforeAll(async () => {
    stack = await deployStack();
    ({ aws, iot, lambda, problems } = stack);
    const firmwareVersion = '1.2.1';
    const things = await provisionFleet({
      ...{ iot, count: DEVICES, prefix: 'bad', firmwareVersion, policyName: aws.output('DevicePolicyName') },
    });
    fleet = await startFleet({
      ...{ things, mqttUrl: aws.mqttUrl, firmwareVersion, timeScale: 0.02, faultOf: () => '404' },
    });
    const thingGroupName = 'pilot';
    ({ thingGroupArn: groupArn = '' } = await iot.send(new CreateThingGroupCommand({ thingGroupName })));
    for (const { thingName } of things) await iot.send(new AddThingToThingGroupCommand({ thingGroupName, thingName }));
    await aws.idle();
  });
  afterAll(async () => {
    await fleet.close();
    await stack.close();
  });

  const createJob = async (payload: object): Promise<Record<string, unknown>> => {
    const FunctionName = aws.output('CreateJobFunction');
    const Payload = JSON.stringify({ firmwareVersion: '1.2.3', targetArn: groupArn, ...payload });
    const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload }));
    return v.parse(v.record(v.string(), v.unknown()), JSON.parse(Buffer.from(answer.Payload ?? []).toString()));
  };

  test('a dry run counts the devices, as a role that may do no more', async () => {
    expect(await createJob({ dryRun: true, targetArn: undefined, targetArns: [groupArn] })).toMatchObject({
      ...{ dryRun: true, devices: DEVICES, offline: 0, alreadyOnTarget: 0, versions: { '1.2.1': DEVICES } },
    });
    expect(await createJob({ dryRun: true, rollout: { maximumPerMinute: 0 } })).toMatchObject({
      errorType: 'InvalidPayloadError',
      errorMessage: expect.stringContaining('rollout.maximumPerMinute must be at least 1, not 0'),
    });
  });

  test('a job keeps to its rate, and is aborted when too many devices have failed', async () => {
    const queued: number[] = [];
    let failed = 0;
    const aborted = new Promise<void>((resolve) => {
      const stop = aws.onJobExecutionChanged(({ status, at }) => {
        if (status === 'QUEUED') queued.push(at);
        if (status === 'FAILED') failed += 1;
        if (failed < 3) return;
        stop();
        resolve();
      });
    });
    const { jobId } = await createJob({
      rollout: { maximumPerMinute: PER_MINUTE },
      abort: {
        criteriaList: [
          { failureType: 'FAILED', action: 'CANCEL', thresholdPercentage: 50, minNumberOfExecutedThings: 3 },
        ],
      },
    });
    await aborted;
    await aws.idle();
    const { job } = await iot.send(new DescribeJobCommand({ jobId: String(jobId) }));
    expect(job).toMatchObject({ status: 'CANCELED', reasonCode: 'ABORT_CRITERIA_MET' });
    const gaps = queued.slice(1).map((at, index) => at - (queued[index] ?? 0));
    expect(queued.length).toBeGreaterThanOrEqual(3);
    expect(queued.length).toBeLessThan(DEVICES);
    // Timers may run late, never early.
    expect((queued.at(-1) ?? 0) - (queued[0] ?? 0)).toBeGreaterThanOrEqual(gaps.length * BETWEEN_MS - 50);
    const { numberOfFailedThings = 0, numberOfCanceledThings = 0 } = job?.jobProcessDetails ?? {};
    expect(numberOfFailedThings).toBeGreaterThanOrEqual(3);
    expect(numberOfFailedThings + numberOfCanceledThings).toBe(queued.length);
    expect(aws.runningExecutions()).toBe(0);
    expect(problems).toEqual([]);
  });
});
