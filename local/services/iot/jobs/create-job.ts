import type {
  AssociateTargetsWithJobCommandInput,
  AssociateTargetsWithJobCommandOutput,
  CreateJobCommandInput,
  CreateJobCommandOutput,
} from '@aws-sdk/client-iot';
import type { IotContext } from '../context';
import { alreadyExists, invalidRequest } from '../errors';
import type { ThingGroups } from '../groups/thing-groups';
import type { Output } from '../output';
import type { ThingStore } from '../registry/thing-store';
import { jobIdOf, required } from '../validation';
import { type JobConfigs, noCounts } from './job';
import { checkConfigs, parseDocument } from './job-limits';
import { checkSchedule } from './schedule-limits';
import type { JobLifecycle } from './job-lifecycle';
import type { JobStore } from './job-store';
import type { JobTemplates } from './job-template-operations';

const NOT_EMULATED = ['documentSource', 'namespaceId', 'destinationPackageVersions'] as const;
/** https://docs.aws.amazon.com/general/latest/gr/iot_device_management.html */
const MAX_TARGETS = 100;

/** The given configurations, completed by those of the template. */
const configsOf = (given: JobConfigs, template: JobConfigs = {}): JobConfigs => {
  const { presignedUrlConfig, jobExecutionsRolloutConfig, abortConfig, timeoutConfig, jobExecutionsRetryConfig } =
    given;
  const { schedulingConfig } = given;
  const entries = Object.entries({
    presignedUrlConfig,
    jobExecutionsRolloutConfig,
    abortConfig,
    timeoutConfig,
    jobExecutionsRetryConfig,
    schedulingConfig,
  }).filter(([, value]) => value !== undefined);
  return { ...template, ...Object.fromEntries(entries) };
};

/** CreateJob, AssociateTargetsWithJob. */
export const createJobCreation = (
  { clock, arns }: IotContext,
  things: ThingStore,
  groups: ThingGroups,
  jobs: JobStore,
  templates: JobTemplates,
  lifecycle: JobLifecycle,
) => {
  /** As on AWS, targets must exist. */
  const checkTargets = (targets: readonly string[] | undefined): readonly string[] => {
    const given = required(targets, 'targets');
    if (given.length === 0) throw invalidRequest('targets is empty: name at least one thing or thing group by ARN.');
    if (given.length > MAX_TARGETS)
      throw invalidRequest(`targets has ${given.length} entries, ${MAX_TARGETS} are allowed.`);
    for (const target of given) {
      const thingName = arns.nameIn('thing', target);
      const groupName = arns.nameIn('thinggroup', target);
      if (thingName === undefined && groupName === undefined)
        throw invalidRequest(
          `Target ${target} is not the ARN of a thing (${arns.of('thing', '<name>')}) or thing group (${arns.of('thinggroup', '<name>')}).`,
        );
      if (thingName !== undefined) things.getOrThrow(thingName);
      else if (groupName !== undefined) groups.getOrThrow(groupName);
    }
    return given;
  };

  return {
    CreateJob: (input: CreateJobCommandInput): Output<CreateJobCommandOutput> => {
      const jobId = jobIdOf(input.jobId);
      for (const parameter of NOT_EMULATED)
        if (input[parameter] !== undefined)
          throw invalidRequest(`${parameter} of job ${jobId} is not emulated by local mode: leave it out.`);
      if (jobs.all.has(jobId)) throw alreadyExists(`Job ${jobId} already exists.`);
      const template = input.jobTemplateArn === undefined ? undefined : templates.getByArnOrThrow(input.jobTemplateArn);
      const document = input.document ?? template?.document;
      if (document === undefined) throw invalidRequest(`Job ${jobId} needs document or jobTemplateArn.`);
      const documentValue = parseDocument(document);
      const configs = configsOf(input, template?.configs);
      checkConfigs(configs);
      const { targetSelection = 'SNAPSHOT' } = input;
      if (!['SNAPSHOT', 'CONTINUOUS'].includes(targetSelection))
        throw invalidRequest(`targetSelection "${targetSelection}" is not valid: use SNAPSHOT or CONTINUOUS.`);
      const now = clock.now();
      if (configs.schedulingConfig) checkSchedule(configs.schedulingConfig, targetSelection, now);
      const targets = checkTargets(input.targets);
      const jobArn = arns.of('job', jobId);
      const description = input.description ?? template?.description;
      lifecycle.begin({
        jobId,
        jobArn,
        targets: new Set(targets),
        targetSelection,
        document,
        documentValue,
        jobTemplateArn: input.jobTemplateArn,
        documentParameters: input.documentParameters,
        createdAt: now,
        configs,
        description,
        status: 'IN_PROGRESS',
        lastUpdatedAt: now,
        waiting: new Set(),
        joined: new Set(),
        scheduleTimers: new Set(),
        executions: new Map(),
        counts: noCounts(),
        notified: 0,
      });
      return { jobArn, jobId, description };
    },

    AssociateTargetsWithJob: (
      input: AssociateTargetsWithJobCommandInput,
    ): Output<AssociateTargetsWithJobCommandOutput> => {
      const job = jobs.getOrThrow(jobIdOf(input.jobId));
      const targets = checkTargets(input.targets);
      // AWS: the job must be continuous and in progress.
      if (job.targetSelection !== 'CONTINUOUS' || job.status !== 'IN_PROGRESS')
        throw invalidRequest(
          `Job ${job.jobId} is ${job.targetSelection} and ${job.status}: targets can only join CONTINUOUS jobs that are IN_PROGRESS.`,
        );
      if (input.comment !== undefined) job.comment = input.comment;
      jobs.changed(job);
      lifecycle.addTargets(job, targets);
      return { jobArn: job.jobArn, jobId: job.jobId, description: job.description };
    },
  };
};
