import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { startAck } from '../../../functions/workflow/start-ack/start-ack';
import { stopWorkflow } from '../../../functions/workflow/stop/stop';
import { sfnTasks } from '../../../functions/workflow/tasks';
import type { Inbox, InboxEvent } from '../../../functions/workflow/upgrade-status/inbox';
import { isReplay, replayEvent, upgradeStatus } from '../../../functions/workflow/upgrade-status/upgrade-status';
import { fakeLog, fakeTasks } from './fakes';

const OPERATION = { id: 'job-1', operationId: 'job-1', thingName: 'sim-1' };

/** The inbox table with one item: what UpdateItem does, without DynamoDB. */
const fakeInbox = (taskToken?: string) => {
  let event: InboxEvent | undefined;
  const inbox: Inbox = {
    record: async (_key, incoming) => {
      event ??= incoming;
      return { event, taskToken };
    },
    read: async () => event,
  };
  return inbox;
};

const world = (taskToken?: string) => {
  const { tasks, settled } = fakeTasks();
  const deps = { inbox: fakeInbox(taskToken), tasks, now: () => 0 };
  const { log } = fakeLog();
  const handle = upgradeStatus(deps);
  return {
    settled,
    handle: (message: Parameters<typeof handle>[0]) => handle(message, log),
    replay: replayEvent(deps, log),
  };
};

describe('UpgradeStatusReceivedFunction', () => {
  test('settles the waiting task with status, event and token', async () => {
    const { handle, settled } = world('t');
    await handle({ name: 'FIRMWARE_TRANSFERRED', ...OPERATION, status: 'SUCCESS' });
    expect(settled).toEqual([{ token: 't', output: { status: 'SUCCESS', event: 'FIRMWARE_TRANSFERRED', token: 't' } }]);
  });

  test('fails the waiting task with the fault code', async () => {
    const { handle, settled } = world('t');
    await handle({
      name: 'FIRMWARE_TRANSFERRED',
      ...OPERATION,
      status: 'FAIL',
      faultCode: '7002',
      faultString: 'no file',
    });
    expect(settled).toEqual([{ token: 't', error: 'FIRMWARE_TRANSFERRED.7002', cause: '7002: no file' }]);
  });

  test('hands the version of a boot over, whatever its status: the state machine compares it (defect 3)', async () => {
    const { handle, settled } = world('t');
    await handle({ name: 'DEVICE_REBOOTED', ...OPERATION, status: 'FAIL', firmwareVersion: '1.2.1' });
    expect(settled).toEqual([
      { token: 't', output: { status: 'FAIL', event: 'DEVICE_REBOOTED', token: 't', newFirmwareVersion: '1.2.1' } },
    ]);
  });

  test('keeps an event that nobody waits for yet, and settles the token that comes later with it (defect 2)', async () => {
    const { handle, replay, settled } = world();
    await handle({ name: 'DOWNLOAD_OPERATION_DONE', ...OPERATION, status: 'SUCCESS' });
    expect(settled).toEqual([]);
    const request = {
      replay: {
        operationId: 'job-1',
        thingName: 'sim-1',
        name: 'DOWNLOAD_OPERATION_DONE',
        token: 'late',
        executionArn: 'arn:e',
      },
    };
    expect(isReplay(request)).toBe(true);
    await replay(request);
    expect(settled).toEqual([
      { token: 'late', output: { status: 'SUCCESS', event: 'DOWNLOAD_OPERATION_DONE', token: 'late' } },
    ]);
  });

  test('answers a repeated event with what was recorded first', async () => {
    const { handle, settled } = world('t');
    await handle({ name: 'DEVICE_REBOOTED', ...OPERATION, status: 'SUCCESS', firmwareVersion: '1.2.3' });
    await handle({ name: 'DEVICE_REBOOTED', ...OPERATION, status: 'FAIL', firmwareVersion: '9' });
    expect(settled[1]).toEqual(settled[0]);
  });
});

describe('OnDownloadStartACKFunction', () => {
  const message = { id: 'job-1', thingName: 'sim-1', firmwareVersion: '1.2.3', token: 't' };

  test('resolves the task of StartDownload', async () => {
    const { tasks, settled } = fakeTasks();
    await startAck(tasks)({ name: 'DEVICE_STARTED_DOWNLOAD_SUCCESS', ...message }, fakeLog().log);
    expect(settled).toEqual([{ token: 't', output: { status: 'SUCCESS', token: 't' } }]);
  });

  test('fails it with the name of the message and the fault', async () => {
    const { tasks, settled } = fakeTasks();
    await startAck(tasks)({ name: 'DEVICE_STARTED_DOWNLOAD_FAIL', ...message }, fakeLog().log);
    await startAck(tasks)(
      { name: 'DEVICE_STARTED_DOWNLOAD_FAIL', ...message, faultCode: '7022', faultString: 'busy' },
      fakeLog().log,
    );
    const error = 'DEVICE_STARTED_DOWNLOAD_FAIL';
    expect(settled).toEqual([
      { token: 't', error, cause: error },
      { token: 't', error, cause: '7022: busy' },
    ]);
  });
});

describe('tasks of Step Functions', () => {
  const sfn = mockClient(SFNClient);
  beforeEach(() => sfn.reset());
  const named = (name: string) => Object.assign(new Error(name), { name });

  test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
    'a task closed by %s counts as settled (defect 11)',
    async (name) => {
      sfn.on(SendTaskSuccessCommand).rejects(named(name)).on(SendTaskFailureCommand).rejects(named(name));
      const tasks = sfnTasks(new SFNClient({}));
      await expect(tasks.succeed('t', {}, fakeLog().log)).resolves.toBeUndefined();
      await expect(tasks.fail('t', 'e', 'c', fakeLog().log)).resolves.toBeUndefined();
    },
  );

  test('any other error is thrown, so that Lambda tries again', async () => {
    sfn.on(SendTaskSuccessCommand).rejects(named('ThrottlingException'));
    await expect(sfnTasks(new SFNClient({})).succeed('t', {}, fakeLog().log)).rejects.toThrow('ThrottlingException');
  });
});

describe('StopWorkflowFunction', () => {
  const stop = (executionArn: string | undefined) => {
    const stopped: unknown[] = [];
    const handle = stopWorkflow({
      executionOf: async () => executionArn,
      stopExecution: async (...request) => void stopped.push(request),
    });
    return { stopped, handle: (message: Parameters<typeof handle>[0]) => handle(message, fakeLog().log) };
  };
  const message = { name: 'JOB_EXECUTION_ENDED', ...OPERATION, reason: 'canceled' } as const;

  test('stops the execution that upgrades the device for the job (defect 12)', async () => {
    const { handle, stopped } = stop('arn:execution');
    await handle(message);
    expect(stopped).toEqual([['arn:execution', 'JobExecutionEnded', 'The job execution was canceled.']]);
  });

  test('has nothing to stop when no workflow was started', async () => {
    const { handle, stopped } = stop(undefined);
    await handle(message);
    expect(stopped).toEqual([]);
  });
});
