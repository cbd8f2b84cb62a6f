import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AddThingToThingGroupCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  DescribeJobCommand,
  ListJobsCommand,
} from '@aws-sdk/client-iot';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { MessageInput } from '../../functions/shared/messages';
import type { FaultName } from '../../simulator/agent/faults';
import { type Fleet, startFleet } from '../../simulator/fleet';
import { type DeployedStack, deployStack, jobExecutionsEnded } from '../support/e2e-aws';
import { ROOT } from '../support/template';

jest.setTimeout(120_000);

const FAULTS: Readonly<Record<string, FaultName>> = { 'cli-broken': '404', 'cli-hanging': 'silent' };
const THINGS = ['cli-good', 'cli-broken', 'cli-hanging'];
/** Clears the screen. */
const HOSTILE = 'gone\u001b[2J\u009b2J\nRoll-out succeeded';

/** All but the line feed. */
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;

describe('wme on the embedded AWS', () => {
  let stack: DeployedStack;
  let fleet: Fleet;
  let directory = '';

  /** The command itself, in a process of its own. */
  const wme = (...args: readonly string[]) =>
    new Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }>((resolve) => {
      const env = { ...process.env, AWS_ENDPOINT_URL: stack.aws.endpointUrl, COLUMNS: '100', FORCE_COLOR: '1' };
      execFile(
        process.execPath,
        ['--import', 'tsx', 'cli/wme.ts', ...args],
        { cwd: ROOT, env },
        (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }),
      );
    });
  /** Its output, when it succeeds. */
  const ok = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await wme(...args);
    if (code !== 0) throw new Error(`wme ${args.join(' ')}: ${String(code)} ${stderr}`);
    return stdout;
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'wme-cli-'));
    stack = await deployStack();
    const { aws, iot } = stack;
    await iot.send(new CreateThingGroupCommand({ thingGroupName: 'pilot' }));
    for (const thingName of THINGS) {
      const attributePayload = { attributes: { firmwareVersion: '1.2.1' } };
      await iot.send(new CreateThingCommand({ thingName, attributePayload }));
      await iot.send(new AddThingToThingGroupCommand({ thingName, thingGroupName: 'pilot' }));
    }
    let left = THINGS.length;
    let ready: () => void = () => undefined;
    const introduced = new Promise<void>((resolve) => (ready = resolve));
    fleet = await startFleet({
      ...{ things: THINGS.map((thingName) => ({ thingName })), mqttUrl: aws.mqttUrl, firmwareVersion: '1.2.1' },
      ...{ timeScale: 0.02, faultOf: (thingName) => FAULTS[thingName] ?? 'none' },
      onEvent: (_thing, { kind, detail }) => {
        if (kind !== 'published' || detail !== 'GET_RESP') return;
        left -= 1;
        if (left === 0) ready();
      },
    });
    await introduced;
    await aws.idle();
  });
  afterAll(async () => {
    await fleet.close();
    await stack.close();
    await rm(directory, { recursive: true });
  });

  test('an operator counts, creates, watches, explains, cancels and retries', async () => {
    expect(await ok('rollout', 'list')).toBe('There are no roll-outs. wme rollout create makes one.\n');
    const target = ['--firmware-version', '1.2.3', '--group', 'pilot'];
    const preview = await ok('rollout', 'create', ...target, '--dry-run');
    expect(preview).toContain('Would reach 3 devices of arn:aws:iot:us-east-1:000000000000:thinggroup/pilot');
    expect(preview).toContain('versions: 1.2.1 × 3');

    const payload = join(directory, 'payload.json');
    await writeFile(
      payload,
      JSON.stringify({ firmwareVersion: '9', timeLimits: { transferSeconds: 600, operationSeconds: 600 } }),
    );
    const outcomes = jobExecutionsEnded(stack.aws, ['cli-good', 'cli-broken']);
    const created = await ok('rollout', 'create', ...target, '--payload', payload);
    const [, jobId = ''] = /^Created (\S+)\.\nFollow it: wme rollout watch \1\n$/.exec(created) ?? [];
    await outcomes;
    await stack.aws.idle();

    const list = await ok('rollout', 'list');
    expect(list).toMatch(/^ROLL-OUT +STATUS +VERSION +ENDED +FAILED +CREATED\n/);
    expect(list).toMatch(new RegExp(`^${jobId} +IN_PROGRESS +1\\.2\\.3 +2 of 3 +1 +.* ago$`, 'm'));

    const shown = await ok('rollout', 'show', jobId);
    expect(shown).toMatch(/^downloading +█░+ 1$|^downloading +█+░+ 1$/m);
    expect(shown).toMatch(/^succeeded +█+░+ 1\nfailed +█+░+ 1$/m);
    expect(shown).toMatch(
      /1 × FIRMWARE_TRANSFERRED\.\d+ in WaitForDeviceMessages\n.*404 Not Found\n.*\n {4}such as cli-broken/,
    );
    expect(shown).not.toContain('\u001b');
    expect(await ok('rollout', 'show', jobId, '--devices', '--status', 'failed')).toMatch(
      /^DEVICE .*\ncli-broken +FAILED +1 /,
    );
    expect(JSON.parse(await ok('rollout', 'show', jobId, '--json'))).toMatchObject({
      ...{ jobId, counts: { SUCCEEDED: 1, FAILED: 1, IN_PROGRESS: 1 }, failures: { failed: 1, looked: 1 } },
      steps: { byState: { WaitForDeviceMessages: 1 } },
    });

    expect(await ok('explain', '--thing', 'cli-broken')).toMatch(
      /^The upgrade of cli-broken failed at .*\nThe fault code is of USP .* Then: wme rollout retry-failed FirmwareUpgrade-\w+\.\n\n {2}Connection +connected/,
    );
    expect(await ok('explain', '--job', jobId)).toMatch(/^The upgrade of cli-hanging waits for the device to report/);

    const watched = wme('rollout', 'watch', jobId, '--fail-on-failure', '--pause', '0.2', '--calls-per-second', '50');
    const cancelled = jobExecutionsEnded(stack.aws, ['cli-hanging']);
    expect(await ok('rollout', 'cancel', jobId, '--force', '--comment', 'a bad build')).toBe(`Cancelled ${jobId}.\n`);
    await cancelled;
    const { code, stdout } = await watched;
    expect(code).toBe(1);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.at(-1)).toBe('CANCELED  succeeded 1  failed 1  canceled 1  of 3');
    expect(new Set(lines).size).toBe(lines.length);
    expect(await ok('rollout', 'show', jobId)).toMatch(/CANCELED \(.*a bad build\)/);

    expect(await ok('rollout', 'retry-failed', jobId, '--dry-run')).toContain('Would reach 1 devices');
    const again = jobExecutionsEnded(stack.aws, ['cli-broken']);
    const retried = await ok('rollout', 'retry-failed', jobId);
    expect(retried).toMatch(/^Created FirmwareUpgrade-\w+\.\n1 devices are tried again: cli-broken\n$/);
    await again;
    const history = await ok('device', 'history', 'cli-broken');
    expect(history.match(/, attempt 1: FAILED$/gm)).toHaveLength(2);
    expect(history).toMatch(
      /^ {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC {2}command {3}Operate Download\(\) is sent to the device/m,
    );
  });

  test('devices are listed, and shown with what they reported', async () => {
    expect(await ok('device', 'list', 'cli-')).toMatch(
      /^DEVICE +CONNECTION +VERSION +TYPE +SINCE\n(cli-\w+ +connected .*\n){3}$/,
    );
    const first = await ok('device', 'list', 'cli-', '--limit', '2');
    const [, token = ''] = /^More: --next (\S+)$/m.exec(first) ?? [];
    expect(await ok('device', 'list', 'cli-', '--limit', '2', '--next', token)).toMatch(/^DEVICE.*\ncli-\w+ .*\n$/);
    const shown = await ok('device', 'show', 'cli-good');
    expect(shown).toMatch(/^Attribute +firmwareVersion 1\.2\.3$/m);
    expect(shown).toMatch(/^Connection +connected, since /m);
    expect(await ok('device', 'list', 'nobody-')).toBe('No device is like that.\n');
  });

  test('a device writes neither escape sequences nor lines of its own to the terminal', async () => {
    // Its agent hangs since the first roll-out: the workflow waits for its answer.
    const target = ['--firmware-version', '1.2.3', '--thing', 'cli-hanging', '--json'];
    const { jobId } = JSON.parse(await ok('rollout', 'create', ...target)) as { jobId: string };
    const operationId = `${jobId}.1`;
    const message: MessageInput = {
      ...{ name: 'FIRMWARE_TRANSFERRED', id: operationId, operationId, thingName: 'cli-hanging' },
      ...{ status: 'FAIL', faultCode: '7016', faultString: HOSTILE },
    };
    const sns = new SNSClient(stack.aws.clientConfig);
    await sns.send(
      new PublishCommand({ TopicArn: stack.aws.output('EventsTopicArn'), Message: JSON.stringify(message) }),
    );
    await stack.aws.idle();
    sns.destroy();
    for (const args of [
      ['device', 'history', 'cli-hanging'],
      ['explain', '--thing', 'cli-hanging'],
    ]) {
      const text = await ok(...args);
      expect(text).toContain('gone');
      expect(text).not.toMatch(CONTROLS);
      expect(text).not.toMatch(/^Roll-out succeeded/m);
    }
    expect(await ok('device', 'history', 'cli-hanging', '--json')).not.toMatch(CONTROLS);
  });

  test('Ctrl-C ends watching, not the roll-out', async () => {
    const { jobs = [] } = await stack.iot.send(new ListJobsCommand({ status: 'IN_PROGRESS', maxResults: 1 }));
    const jobId = jobs[0]?.jobId ?? '';
    const env = { ...process.env, AWS_ENDPOINT_URL: stack.aws.endpointUrl };
    const args = ['--import', 'tsx', 'cli/wme.ts', 'rollout', 'watch', jobId];
    const child = spawn(process.execPath, args, { cwd: ROOT, env });
    const exited = once(child, 'exit');
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    expect(await exited).toEqual([130, null]);
    const { job } = await stack.iot.send(new DescribeJobCommand({ jobId }));
    expect(job?.status).toBe('IN_PROGRESS');
  });

  test('failed calls say what is wrong and how to fix it', async () => {
    expect(await wme('rollout', 'show', 'FirmwareUpgrade-none')).toMatchObject({
      ...{ code: 1, stdout: '' },
      stderr: 'There is no roll-out FirmwareUpgrade-none of stack wme. wme rollout list shows the roll-outs.\n',
    });
    expect(await wme('device', 'show', 'nobody')).toMatchObject({
      ...{ code: 1, stderr: expect.stringContaining('There is no thing nobody.') },
    });
    expect(await wme('rollout', 'list', '--stack', 'other')).toMatchObject({
      ...{ code: 1, stderr: expect.stringContaining('--stack other: no such stack here') },
    });
    expect(await wme('rollout', 'list', '--endpoint-url', 'http://127.0.0.1:1')).toMatchObject({
      ...{ code: 1, stderr: expect.stringContaining('Is it running? Check --endpoint-url') },
    });
    expect(await wme('rollout', 'create', '--firmware-version', '1 2', '--thing', 'cli-good')).toMatchObject({
      ...{ code: 1, stderr: expect.stringContaining('firmwareVersion must be') },
    });
    expect(await wme('explain')).toMatchObject({ code: 2, stderr: expect.stringContaining('--thing or --job') });
  });
});
