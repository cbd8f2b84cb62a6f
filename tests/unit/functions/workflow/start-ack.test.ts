import { startAck } from '../../../../functions/workflow/start-ack/start-ack';
import { fakeLog, fakeTasks } from '../support/fakes';

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
