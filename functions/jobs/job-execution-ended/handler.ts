import { IoTJobsDataPlaneClient } from '@aws-sdk/client-iot-jobs-data-plane';
import { SNSClient } from '@aws-sdk/client-sns';
import { fromEnv } from '../../shared/env';
import { createLog } from '../../shared/log';
import { publishTo } from '../../shared/sns-out';
import { iotActiveAttempt } from './active-attempt';
import { jobExecutionEnded } from './job-execution-ended';

const { EVENTS_TOPIC_ARN, STACK_NAME } = fromEnv(process.env, 'EVENTS_TOPIC_ARN', 'STACK_NAME');

/** Invoked by the rule JobExecutionEnded. */
export const handler = jobExecutionEnded({
  activeAttempt: iotActiveAttempt(new IoTJobsDataPlaneClient({})),
  publish: publishTo(new SNSClient({}), EVENTS_TOPIC_ARN),
  log: createLog(STACK_NAME),
  now: Date.now,
});
