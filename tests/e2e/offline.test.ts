import { IoTClient } from '@aws-sdk/client-iot';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { EmbeddedAws } from '../../local/embedded-aws';
import type { ProfileName } from '../../simulator/agent/profiles';
import { type Fleet, startFleet } from '../../simulator/fleet';
import { provisionFleet } from '../../simulator/provisioning';
import { type DeployedStack, deployStack } from '../support/e2e-aws';

jest.setTimeout(60_000);

const [FROM, TO] = ['1.2.1', '1.2.3'];

describe('a device that is offline when its job begins', () => {
  let stack: DeployedStack;
  let aws: EmbeddedAws;
  let iot: IoTClient;
  let lambda: LambdaClient;
  const fleets: Fleet[] = [];
  let problems: string[];

  beforeAll(async () => {
    stack = await deployStack();
    ({ aws, iot, lambda, problems } = stack);
  });
  afterAll(async () => {
    for (const fleet of fleets) await fleet.close();
    await stack.close();
  });

  /** Creates a job for a new thing that has never been connected, and waits until its workflow does. */
  const jobFor = async (prefix: string, options: object = {}) => {
    const policyName = aws.output('DevicePolicyName');
    const things = await provisionFleet({ iot, count: 1, prefix, firmwareVersion: FROM, policyName });
    const thingName = things[0]?.thingName ?? '';
    const waits = new Promise<void>((resolve) => {
      const stop = aws.onStateEntered(({ stateName }) => {
        if (stateName !== 'WaitForDeviceConnected') return;
        stop();
        resolve();
      });
    });
    const ended = new Promise<string>((resolve) => {
      const stop = aws.onJobExecutionChanged((changed) => {
        if (changed.thingName !== thingName || !['SUCCEEDED', 'FAILED'].includes(changed.status)) return;
        stop();
        resolve([changed.status, changed.statusDetails['error']].filter(Boolean).join(' '));
      });
    });
    const targetArn = `arn:aws:iot:${aws.clientConfig.region}:000000000000:thing/${thingName}`;
    const Payload = Buffer.from(JSON.stringify({ firmwareVersion: TO, targetArn, ...options }));
    const answer = await lambda.send(new InvokeCommand({ FunctionName: aws.output('CreateJobFunction'), Payload }));
    expect(answer.FunctionError).toBeUndefined();
    return { things, waits, ended };
  };
  const connect = async (profile: ProfileName, things: Awaited<ReturnType<typeof provisionFleet>>) => {
    const options = { mqttUrl: aws.mqttUrl, firmwareVersion: FROM, timeScale: 0.02 };
    fleets.push(await startFleet({ things, profile, ...options }));
  };

  test.each(['tr369', 'on-board-request', 'original', 'demo'] as const)(
    'is upgraded once it has connected (%s)',
    async (profile) => {
      const { things, waits, ended } = await jobFor(`${profile}-`);
      await waits;
      await aws.idle();
      await connect(profile, things);
      expect(await ended).toBe('SUCCEEDED');
      await aws.idle();
      expect(aws.runningExecutions()).toBe(0);
      expect(problems).toEqual([]);
    },
  );

  test.each([
    ['does not connect in time', { timeLimits: { connectSeconds: 1 } }],
    ['is not to be waited for', { whenOffline: 'fail' }],
  ])('fails when it %s', async (_, options) => {
    const { ended } = await jobFor('absent-', options);
    expect(await ended).toBe('FAILED DeviceNotConnected');
  });
});
