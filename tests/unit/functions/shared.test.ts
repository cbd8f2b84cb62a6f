import { updateStatus } from '../../../functions/jobs/update-status/update-status';
import { customResource } from '../../../functions/deployment/custom-resource';
import { fromEnv } from '../../../functions/shared/env';
import { onMessages } from '../../../functions/shared/sns-in';
import { fakeLog, snsEvent } from './fakes';

const OUTCOME = { name: 'FIRMWARE_UPGRADE_SUCCESS', id: 'job-1', operationId: 'job-1', thingName: 'sim-1' } as const;

describe('a handler of domain messages', () => {
  test('drops what does not parse with a word on the field, and handles the rest', async () => {
    const { log, lines } = fakeLog();
    const handled: unknown[] = [];
    const handler = onMessages(log, ['FIRMWARE_UPGRADE_SUCCESS'], async (message) => void handled.push(message));
    await handler(snsEvent('not json', { ...OUTCOME, thingName: 5 }, { name: 'UNKNOWN' }, OUTCOME));
    expect(handled).toEqual([OUTCOME]);
    expect(lines.map(({ level }) => level)).toEqual(['MalformedMessages', 'MalformedMessages', 'MalformedMessages']);
    expect(lines[1]?.message).toContain('Records[1].Sns.Message: thingName');
  });

  test('handles every record although one fails, and fails then, so that Lambda tries again', async () => {
    const handled: string[] = [];
    const handler = onMessages(fakeLog().log, ['FIRMWARE_UPGRADE_SUCCESS'], async ({ thingName }) => {
      if (thingName === 'bad') throw new Error('throttled');
      handled.push(thingName);
    });
    await expect(handler(snsEvent({ ...OUTCOME, thingName: 'bad' }, OUTCOME))).rejects.toThrow('1 of 2 records failed');
    expect(handled).toEqual(['sim-1']);
  });

  test('refuses what is not an SNS event', async () => {
    const handler = onMessages(fakeLog().log, ['FIRMWARE_UPGRADE_SUCCESS'], async () => undefined);
    await expect(handler({ detail: 1 })).rejects.toThrow('Not an SNS event');
  });
});

test('a missing environment variable is named at cold start', () => {
  expect(() => fromEnv({ A: 'a' }, 'A', 'B', 'C')).toThrow('Missing environment variable B, C');
  expect(fromEnv({ A: 'a' }, 'A')).toEqual({ A: 'a' });
});

describe('JobsUpdateStatus', () => {
  const world = (failure?: string) => {
    const requests: unknown[] = [];
    const handle = updateStatus({
      updateJobExecution: async (request) => {
        requests.push(request);
        if (failure !== undefined) throw Object.assign(new Error(failure), { name: failure });
      },
    });
    return { requests, handle: (message: Parameters<typeof handle>[0]) => handle(message, fakeLog().log) };
  };

  test('a job execution becomes IN_PROGRESS with its step when the download starts (defect 12)', async () => {
    const { requests, handle } = world();
    await handle({
      name: 'DEVICE_STARTED_DOWNLOAD_SUCCESS',
      id: 'job-1',
      thingName: 'sim-1',
      firmwareVersion: '1',
      token: 't',
    });
    expect(requests).toEqual([
      { jobId: 'job-1', thingName: 'sim-1', status: 'IN_PROGRESS', statusDetails: { step: 'DOWNLOADING' } },
    ]);
  });

  test('a failed upgrade becomes FAILED with its details, within the limits of AWS', async () => {
    const { requests, handle } = world();
    await handle({
      ...OUTCOME,
      name: 'FIRMWARE_UPGRADE_FAIL',
      details: { error: 'ROLLED_BACK', cause: 'x'.repeat(2000) },
    });
    expect(requests).toEqual([
      {
        jobId: 'job-1',
        thingName: 'sim-1',
        status: 'FAILED',
        statusDetails: { error: 'ROLLED_BACK', cause: 'x'.repeat(1024) },
      },
    ]);
  });

  test.each(['InvalidStateTransitionException', 'ResourceNotFoundException'])(
    'an execution that ended already stays (%s)',
    async (name) => {
      await expect(world(name).handle(OUTCOME)).resolves.toBeUndefined();
    },
  );

  test('throttling is thrown, so that Lambda tries again', async () => {
    await expect(world('ThrottlingException').handle(OUTCOME)).rejects.toThrow('ThrottlingException');
  });
});

describe('a custom resource', () => {
  const request = {
    RequestType: 'Create',
    ResponseURL: 'https://cloudformation.example.com/answer',
    StackId: 's',
    RequestId: 'r',
    LogicalResourceId: 'Descriptor',
    ResourceProperties: { a: 'b' },
  };
  const run = async (event: object, apply: () => Promise<Record<string, string>>) => {
    const answers: unknown[] = [];
    const removed: unknown[] = [];
    const resource = { apply, remove: async (properties: object) => void removed.push(properties) };
    await customResource(resource, fakeLog().log, async (url, body) => void answers.push({ url, ...body }))(event);
    return { answers, removed };
  };

  test('answers with its attributes', async () => {
    const { answers } = await run(request, async () => ({ Key: 'k' }));
    expect(answers).toMatchObject([
      { url: request.ResponseURL, Status: 'SUCCESS', Data: { Key: 'k' }, RequestId: 'r' },
    ]);
  });

  test('answers with the reason when it fails: CloudFormation must never wait in vain', async () => {
    const { answers } = await run(request, () => Promise.reject(new Error('bucket is gone')));
    expect(answers).toMatchObject([{ Status: 'FAILED', Reason: 'bucket is gone' }]);
  });

  test('removes on delete', async () => {
    const { answers, removed } = await run(
      { ...request, RequestType: 'Delete', PhysicalResourceId: 'p' },
      async () => ({}),
    );
    expect(removed).toEqual([{ a: 'b' }]);
    expect(answers).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'p' }]);
  });
});
