import { updateStatus } from '../../../../functions/jobs/update-status/update-status';
import { fakeLog } from '../support/fakes';

const OUTCOME = {
  name: 'FIRMWARE_UPGRADE_SUCCESS',
  id: 'job-1.1',
  operationId: 'job-1.1',
  thingName: 'sim-1',
} as const;

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
      id: 'job-1.1',
      thingName: 'sim-1',
      firmwareVersion: '1',
      token: 't',
    });
    expect(requests).toEqual([
      {
        jobId: 'job-1',
        executionNumber: 1,
        thingName: 'sim-1',
        status: 'IN_PROGRESS',
        statusDetails: { step: 'DOWNLOADING' },
      },
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
        executionNumber: 1,
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

  test('an outcome that is late changes its own attempt only, not the one that runs now', async () => {
    const { requests, handle } = world();
    await handle({ ...OUTCOME, id: 'a_b-c.12', operationId: 'a_b-c.12' });
    expect(requests).toMatchObject([{ jobId: 'a_b-c', executionNumber: 12 }]);
  });

  test('an id that is no operation id is an error that names it', async () => {
    await expect(world().handle({ ...OUTCOME, id: 'job-1' })).rejects.toThrow('"job-1" is not an operation id');
  });
});
