import { executionEnded } from '../../../../functions/workflow/execution-ended/execution-ended';
import { fakeLog, fakeTopic } from '../support/fakes';

describe('ExecutionEndedFunction', () => {
  const run = async (detail: object) => {
    const { publish, published } = fakeTopic();
    const input = JSON.stringify({ thingName: 'sim-1', operationId: 'job-1.2' });
    await executionEnded(publish, fakeLog().log)({ detail: { executionArn: 'arn:e', input, ...detail } });
    return published;
  };

  test('tells the jobs domain of an execution that failed in a way its state machine could not tell', async () => {
    expect(await run({ status: 'FAILED', error: 'States.Runtime', cause: 'bad path' })).toEqual([
      {
        name: 'FIRMWARE_UPGRADE_FAIL',
        id: 'job-1.2',
        operationId: 'job-1.2',
        thingName: 'sim-1',
        executionArn: 'arn:e',
        details: { step: 'Workflow', error: 'States.Runtime', cause: 'bad path' },
      },
    ]);
  });

  test.each(['TIMED_OUT', 'ABORTED'])('says %s when there is no error', async (status) => {
    expect(await run({ status, error: null, cause: null })).toMatchObject([{ details: { error: status } }]);
  });

  test('reports an execution that was stopped because its job execution had ended: its device must not be asked any more', async () => {
    expect(await run({ status: 'ABORTED', error: 'JobExecutionEnded' })).toMatchObject([
      { name: 'FIRMWARE_UPGRADE_FAIL', details: { step: 'Workflow', error: 'JobExecutionEnded' } },
    ]);
  });

  test('is silent about a failure that the state machine has published', async () => {
    expect(await run({ status: 'FAILED', error: 'FIRMWARE_UPGRADE_FAIL.ROLLED_BACK' })).toEqual([]);
  });

  // What is not sure to be published is reported, be it twice: a job execution that has ended ignores it.
  test.each([
    { status: 'FAILED' },
    { status: 'FAILED', error: null },
    { status: 'FAILED', error: 'ROLLED_BACK' },
    { status: 'FAILED', error: 'FIRMWARE_UPGRADE_FAILED' },
    { status: 'FAILED', error: 'x.FIRMWARE_UPGRADE_FAIL.y' },
    { status: 'ABORTED', error: 'FIRMWARE_UPGRADE_FAIL.ROLLED_BACK' },
    { status: 'TIMED_OUT', error: 'FIRMWARE_UPGRADE_FAIL.ROLLED_BACK' },
  ])('reports %j', async (detail) => {
    expect(await run(detail)).toMatchObject([{ name: 'FIRMWARE_UPGRADE_FAIL' }]);
  });

  test.each([undefined, null, 'no json', '{"thingName":"sim-1"}'])(
    'has nobody to tell for the input %j',
    async (input) => {
      expect(await run({ status: 'FAILED', input })).toEqual([]);
    },
  );
});
