import { DescribeJobCommand, GetJobDocumentCommand, type IoTClient, ListJobsCommand } from '@aws-sdk/client-iot';
import type { MeasureJobsDeps } from './measure-jobs';

/** Ids of all jobs in progress, page by page. */
export const jobsInProgress =
  (iot: IoTClient): MeasureJobsDeps['jobsInProgress'] =>
  async () => {
    const ids: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await iot.send(new ListJobsCommand({ status: 'IN_PROGRESS', maxResults: 250, nextToken }));
      ids.push(...(page.jobs ?? []).flatMap(({ jobId }) => jobId ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
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
