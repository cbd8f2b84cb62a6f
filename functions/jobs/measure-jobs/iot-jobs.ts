import { DescribeJobCommand, GetJobDocumentCommand, type IoTClient, ListJobsCommand } from '@aws-sdk/client-iot';
import type { MeasureJobsDeps } from './measure-jobs';

/** Jobs whose devices may be in progress: between its maintenance windows a job is SCHEDULED. */
const ACTIVE = ['IN_PROGRESS', 'SCHEDULED'] as const;

/** Ids of all jobs that have not ended, page by page. */
export const activeJobs =
  (iot: IoTClient): MeasureJobsDeps['activeJobs'] =>
  async () => {
    const ids: string[] = [];
    for (const status of ACTIVE) {
      let nextToken: string | undefined;
      do {
        const page = await iot.send(new ListJobsCommand({ status, maxResults: 250, nextToken }));
        ids.push(...(page.jobs ?? []).flatMap(({ jobId }) => jobId ?? []));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
    }
    return ids;
  };

export const documentOf =
  (iot: IoTClient): MeasureJobsDeps['documentOf'] =>
  async (jobId) =>
    (await iot.send(new GetJobDocumentCommand({ jobId }))).document;

export const progressOf =
  (iot: IoTClient): MeasureJobsDeps['progressOf'] =>
  async (jobId) => {
    const { numberOfQueuedThings = 0, numberOfInProgressThings = 0 } =
      (await iot.send(new DescribeJobCommand({ jobId }))).job?.jobProcessDetails ?? {};
    return { queued: numberOfQueuedThings, inProgress: numberOfInProgressThings };
  };
