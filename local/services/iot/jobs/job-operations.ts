import type {
  CancelJobCommandInput,
  CancelJobCommandOutput,
  DeleteJobCommandInput,
  DescribeJobCommandInput,
  DescribeJobCommandOutput,
  GetJobDocumentCommandInput,
  GetJobDocumentCommandOutput,
  ListJobsCommandInput,
  ListJobsCommandOutput,
  UpdateJobCommandInput,
} from '@aws-sdk/client-iot';
import type { IotContext } from '../context';
import { invalidRequest, invalidStateTransition } from '../errors';
import type { Output } from '../output';
import { pageOf } from '../paging';
import { jobIdOf } from '../validation';
import { isActive, type Job, type JobConfigs } from './job';
import { checkConfigs } from './job-limits';
import type { JobLifecycle } from './job-lifecycle';
import type { JobStore } from './job-store';
import { jobDescription, jobSummary } from './job-views';

/** DescribeJob, GetJobDocument, ListJobs, UpdateJob, CancelJob, DeleteJob. */
export const createJobOperations = ({ clock, arns }: IotContext, jobs: JobStore, lifecycle: JobLifecycle) => {
  const isListed = (job: Job, { status, targetSelection, thingGroupName }: ListJobsCommandInput) =>
    (status === undefined || job.status === status) &&
    (targetSelection === undefined || job.targetSelection === targetSelection) &&
    (thingGroupName === undefined || job.targets.has(arns.of('thinggroup', thingGroupName)));

  return {
    DescribeJob: (input: DescribeJobCommandInput): Output<DescribeJobCommandOutput> => ({
      job: jobDescription(jobs.getOrThrow(jobIdOf(input.jobId)), clock.now()),
    }),

    GetJobDocument: (input: GetJobDocumentCommandInput): Output<GetJobDocumentCommandOutput> => ({
      document: jobs.getOrThrow(jobIdOf(input.jobId)).document,
    }),

    /** Newest first, as AWS lists them. */
    ListJobs: (input: ListJobsCommandInput): Output<ListJobsCommandOutput> => {
      const all = [...jobs.all.values()].reverse().filter((job) => isListed(job, input));
      const { items, nextToken } = pageOf(all, input);
      return { jobs: items.map(jobSummary), nextToken };
    },

    UpdateJob: (input: UpdateJobCommandInput) => {
      const job = jobs.getOrThrow(jobIdOf(input.jobId));
      if (!isActive(job))
        throw invalidRequest(`Job ${job.jobId} is ${job.status}: only a job IN_PROGRESS or SCHEDULED can be updated.`);
      const { description, jobId: _jobId, namespaceId: _namespaceId, ...given } = input;
      const configs: JobConfigs = { ...job.configs, ...given };
      checkConfigs(configs);
      job.configs = configs;
      job.description = description ?? job.description;
      job.lastUpdatedAt = clock.now();
      jobs.changed(job);
      return {};
    },

    CancelJob: (input: CancelJobCommandInput): Output<CancelJobCommandOutput> => {
      const job = jobs.getOrThrow(jobIdOf(input.jobId));
      if (!isActive(job))
        throw invalidRequest(`Job ${job.jobId} is ${job.status}: only a job IN_PROGRESS or SCHEDULED can be canceled.`);
      const { force, comment, reasonCode } = input;
      lifecycle.cancel(job, {
        force: force ?? false,
        ...(comment === undefined ? {} : { comment }),
        ...(reasonCode === undefined ? {} : { reasonCode }),
      });
      return { jobArn: job.jobArn, jobId: job.jobId, description: job.description };
    },

    DeleteJob: (input: DeleteJobCommandInput) => {
      const job = jobs.getOrThrow(jobIdOf(input.jobId));
      if (isActive(job) && !input.force)
        throw invalidStateTransition(`Job ${job.jobId} is ${job.status}: cancel it first, or delete it with force.`);
      if (job.status !== 'DELETION_IN_PROGRESS') lifecycle.delete(job);
      return {};
    },
  };
};
