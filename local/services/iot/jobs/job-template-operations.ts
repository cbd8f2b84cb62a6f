import type {
  CreateJobTemplateCommandInput,
  CreateJobTemplateCommandOutput,
  DeleteJobTemplateCommandInput,
  DescribeJobTemplateCommandInput,
  DescribeJobTemplateCommandOutput,
  ListJobTemplatesCommandInput,
  ListJobTemplatesCommandOutput,
} from '@aws-sdk/client-iot';
import type { IotContext } from '../context';
import { AwsError } from '../../../core/aws-error';
import { invalidRequest, notFound } from '../errors';
import type { Output } from '../output';
import { pageOf } from '../paging';
import { jobIdOf, required } from '../validation';
import type { JobConfigs } from './job';
import { checkConfigs, parseDocument } from './job-limits';
import type { JobStore } from './job-store';
import { checkWindows } from './schedule-limits';

interface JobTemplate {
  readonly jobTemplateId: string;
  readonly jobTemplateArn: string;
  readonly description: string;
  readonly document: string;
  readonly createdAt: Date;
  readonly configs: JobConfigs;
}

export interface JobTemplates {
  /** @throws AwsError InvalidRequestException, ResourceNotFoundException */
  getByArnOrThrow(jobTemplateArn: string): JobTemplate;
}

const describe = ({ configs: { schedulingConfig, ...configs }, ...template }: JobTemplate) => ({
  ...template,
  ...configs,
  ...schedulingConfig,
});

/** CreateJobTemplate, DescribeJobTemplate, ListJobTemplates, DeleteJobTemplate. */
export const createJobTemplateOperations = ({ clock, arns, store }: IotContext, jobs: JobStore) => {
  const templates = new Map<string, JobTemplate>();
  const kept = store.collection<JobTemplate>('iot-job-templates', (id) => templates.get(id));
  for (const [id, template] of kept.saved) templates.set(id, template);
  const getOrThrow = (jobTemplateId: string): JobTemplate => {
    const template = templates.get(jobTemplateId);
    if (!template) throw notFound(`Job template ${jobTemplateId} does not exist.`);
    return template;
  };
  const getByArnOrThrow = (jobTemplateArn: string): JobTemplate => {
    const jobTemplateId = arns.nameIn('jobtemplate', jobTemplateArn);
    if (jobTemplateId === undefined)
      throw invalidRequest(`jobTemplateArn ${jobTemplateArn} is not the ARN of a job template.`);
    return getOrThrow(jobTemplateId);
  };

  const operations = {
    CreateJobTemplate: (input: CreateJobTemplateCommandInput): Output<CreateJobTemplateCommandOutput> => {
      const jobTemplateId = jobIdOf(input.jobTemplateId, 'jobTemplateId');
      const description = required(input.description, 'description');
      const document =
        input.document ?? (input.jobArn && jobs.getOrThrow(arns.nameIn('job', input.jobArn) ?? '').document);
      if (!document) throw invalidRequest(`Job template ${jobTemplateId} needs document or jobArn.`);
      parseDocument(document);
      const { presignedUrlConfig, jobExecutionsRolloutConfig, abortConfig, timeoutConfig, jobExecutionsRetryConfig } =
        input;
      const { maintenanceWindows } = input;
      const configs: JobConfigs = {
        ...(presignedUrlConfig && { presignedUrlConfig }),
        ...(jobExecutionsRolloutConfig && { jobExecutionsRolloutConfig }),
        ...(abortConfig && { abortConfig }),
        ...(timeoutConfig && { timeoutConfig }),
        ...(jobExecutionsRetryConfig && { jobExecutionsRetryConfig }),
        ...(maintenanceWindows && { schedulingConfig: { maintenanceWindows } }),
      };
      checkConfigs(configs);
      checkWindows(maintenanceWindows);
      if (templates.has(jobTemplateId))
        throw new AwsError('ConflictException', `Job template ${jobTemplateId} already exists.`, 409);
      const jobTemplateArn = arns.of('jobtemplate', jobTemplateId);
      const createdAt = new Date(clock.now());
      templates.set(jobTemplateId, { jobTemplateId, jobTemplateArn, description, document, createdAt, configs });
      kept.changed(jobTemplateId);
      return { jobTemplateArn, jobTemplateId };
    },

    DescribeJobTemplate: (input: DescribeJobTemplateCommandInput): Output<DescribeJobTemplateCommandOutput> =>
      describe(getOrThrow(jobIdOf(input.jobTemplateId, 'jobTemplateId'))),

    ListJobTemplates: (input: ListJobTemplatesCommandInput): Output<ListJobTemplatesCommandOutput> => {
      const { items, nextToken } = pageOf(templates.values(), input);
      const jobTemplates = items.map(({ jobTemplateArn, jobTemplateId, description, createdAt }) => ({
        jobTemplateArn,
        jobTemplateId,
        description,
        createdAt,
      }));
      return { jobTemplates, nextToken };
    },

    DeleteJobTemplate: (input: DeleteJobTemplateCommandInput) => {
      const { jobTemplateId } = getOrThrow(jobIdOf(input.jobTemplateId, 'jobTemplateId'));
      templates.delete(jobTemplateId);
      kept.changed(jobTemplateId);
      return {};
    },
  };
  const jobTemplates: JobTemplates = { getByArnOrThrow };
  return { jobTemplates, operations };
};
