import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import {
  type ClaimedExecution,
  type Ending,
  sfnStopExecution,
  stopWorkflow,
} from '../../../../functions/workflow/stop/stop';
import { fakeLog } from '../support/fakes';

const claim = (attempt: number, startedAt: number, queuedAt?: number): ClaimedExecution => ({
  operationId: `job-1.${attempt}`,
  executionArn: `arn:${attempt}`,
  startedAt,
  queuedAt,
});

describe('StopWorkflowFunction', () => {
  const run = async (claims: readonly ClaimedExecution[], fields: object = {}) => {
    const stopped: unknown[] = [];
    const marked: Ending[] = [];
    const handle = stopWorkflow({
      markEnded: async (ending) => {
        marked.push(ending);
        return ending.thingName === 'sim-1' && ending.jobId === 'job-1' ? claims : [];
      },
      stopExecution: async (...request) => void stopped.push(request),
    });
    const message = { name: 'JOB_EXECUTION_ENDED', jobId: 'job-1', thingName: 'sim-1', reason: 'canceled' } as const;
    await handle({ ...message, startedBefore: 1_000, ...fields }, fakeLog().log);
    return { stopped, marked };
  };
  const stop = async (...args: Parameters<typeof run>) => (await run(...args)).stopped;

  test('stops the execution that upgrades the device for the job (defect 12)', async () => {
    expect(await stop([claim(1, 500)])).toEqual([['arn:1', 'JobExecutionEnded', 'The job execution was canceled.']]);
  });

  test('has nothing to stop when no workflow was started', async () => {
    expect(await stop([])).toEqual([]);
  });

  test('never stops the attempt that is active', async () => {
    expect(await stop([claim(1, 100), claim(2, 500)], { activeOperationId: 'job-1.2' })).toEqual([
      ['arn:1', 'JobExecutionEnded', expect.any(String)],
    ]);
  });

  test('never stops an attempt that began after the message was made', async () => {
    expect(await stop([claim(1, 1_000), claim(2, 1_001)])).toEqual([
      ['arn:1', 'JobExecutionEnded', expect.any(String)],
    ]);
  });

  test('stops a workflow that began after the end of its attempt, before that was marked', async () => {
    expect(await stop([claim(1, 1_200, 1_000), claim(2, 2_100, 2_000)])).toEqual([
      ['arn:1', 'JobExecutionEnded', expect.any(String)],
    ]);
  });

  test('marks what has ended, except where the next attempt may be queued at the same time', async () => {
    const activeOperationId = 'job-1.2';
    const canceled = await run([], { activeOperationId });
    expect(canceled.marked).toEqual([{ thingName: 'sim-1', jobId: 'job-1', queuedBefore: 1_000, activeOperationId }]);
    const removed = await run([], { reason: 'removed', startedBefore: 5_000 });
    expect(removed.marked).toEqual([{ thingName: 'sim-1', jobId: 'job-1', queuedBefore: 4_000 }]);
    const timedOut = await run([claim(1, 500)], { reason: 'timed_out' });
    expect(timedOut.marked).toEqual([{ thingName: 'sim-1', jobId: 'job-1', queuedBefore: undefined }]);
    expect(timedOut.stopped).toHaveLength(1);
  });
});

describe('its adapters', () => {
  const sfn = mockClient(SFNClient);
  beforeEach(() => sfn.reset());

  test('count an execution that Step Functions has forgotten as stopped, and nothing else', async () => {
    const stopExecution = sfnStopExecution(new SFNClient({}));
    const named = (name: string) => Object.assign(new Error(name), { name });
    sfn.on(StopExecutionCommand).rejectsOnce(named('ExecutionDoesNotExist')).rejects(named('ThrottlingException'));
    await expect(stopExecution('arn:1', 'e', 'c')).resolves.toBeUndefined();
    await expect(stopExecution('arn:1', 'e', 'c')).rejects.toThrow('ThrottlingException');
  });
});
