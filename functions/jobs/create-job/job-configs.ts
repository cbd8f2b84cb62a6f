import type { CreateJobRequest, DescribeJobTemplateResponse } from '@aws-sdk/client-iot';
import type { CreateJobPayload } from './payload';
import { schedulingConfigOf } from './schedule';

/** What of CreateJob controls the roll-out. */
export type JobConfigs = Pick<
  CreateJobRequest,
  'jobExecutionsRolloutConfig' | 'abortConfig' | 'jobExecutionsRetryConfig' | 'timeoutConfig' | 'schedulingConfig'
>;

/** Settings of the payload and, where it has none, of the job template, because CreateJob takes a document or a template, not both. */
export const jobConfigsOf = (payload: CreateJobPayload, template: DescribeJobTemplateResponse): JobConfigs => {
  const jobExecutionsRolloutConfig = payload.rollout ?? template.jobExecutionsRolloutConfig;
  const abortConfig = payload.abort ?? template.abortConfig;
  const jobExecutionsRetryConfig = payload.retry ?? template.jobExecutionsRetryConfig;
  const timeoutConfig = payload.timeout ?? template.timeoutConfig;
  const maintenanceWindows = payload.schedule?.maintenanceWindows ?? template.maintenanceWindows ?? [];
  const schedulingConfig = {
    ...(payload.schedule && schedulingConfigOf(payload.schedule)),
    ...(maintenanceWindows.length > 0 && { maintenanceWindows }),
  };
  return {
    ...(jobExecutionsRolloutConfig && { jobExecutionsRolloutConfig }),
    ...(abortConfig && { abortConfig }),
    ...(jobExecutionsRetryConfig && { jobExecutionsRetryConfig }),
    ...(timeoutConfig && { timeoutConfig }),
    ...(Object.keys(schedulingConfig).length > 0 && { schedulingConfig }),
  };
};
