import { DescribeJobCommand, GetJobDocumentCommand, IoTClient, ListJobsCommand } from '@aws-sdk/client-iot';
import { mockClient } from 'aws-sdk-client-mock';
import { documentOf, activeJobs, progressOf } from '../../../../functions/jobs/measure-jobs/iot-jobs';
import { measureJobs } from '../../../../functions/jobs/measure-jobs/measure-jobs';
import { fakeLog } from '../support/fakes';

describe('MeasureJobsFunction', () => {
  const iot = mockClient(IoTClient);
  beforeEach(() => iot.reset());

  test('sums the devices that the jobs of this stack wait for', async () => {
    iot
      .on(ListJobsCommand, { status: 'IN_PROGRESS' })
      .resolvesOnce({ jobs: [{ jobId: 'FirmwareUpgrade-1' }, { jobId: 'Reboot-1' }], nextToken: 'n' })
      .resolvesOnce({ jobs: [{ jobId: 'FirmwareUpgrade-3' }] });
    // Between its maintenance windows.
    iot.on(ListJobsCommand, { status: 'SCHEDULED' }).resolvesOnce({ jobs: [{ jobId: 'FirmwareUpgrade-2' }] });
    iot.on(GetJobDocumentCommand).resolves({ document: '{"stateMachineName":"wme-FirmwareUpgrade"}' });
    iot
      .on(GetJobDocumentCommand, { jobId: 'FirmwareUpgrade-3' })
      .resolves({ document: '{"stateMachineName":"other"}' });
    iot.on(DescribeJobCommand).resolves({
      job: { jobProcessDetails: { numberOfQueuedThings: 5, numberOfInProgressThings: 2 } },
    });
    const { log, lines } = fakeLog();
    const client = new IoTClient({});
    await measureJobs({
      stateMachineName: 'wme-FirmwareUpgrade',
      jobIdPrefix: 'FirmwareUpgrade',
      activeJobs: activeJobs(client),
      documentOf: documentOf(client),
      progressOf: progressOf(client),
      log,
    })();
    expect(lines).toMatchObject([{ level: 'measure', fields: { DevicesQueued: 10, DevicesInProgress: 4, jobs: 2 } }]);
  });
});
