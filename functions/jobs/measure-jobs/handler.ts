import { IoTClient } from '@aws-sdk/client-iot';
import { fromEnv } from '../../shared/env';
import { createLog } from '../../shared/log';
import { documentOf, activeJobs, progressOf } from './iot-jobs';
import { measureJobs } from './measure-jobs';

const env = fromEnv(process.env, 'JOB_ID_PREFIX', 'STACK_NAME', 'STATE_MACHINE_NAME');
const iot = new IoTClient({});

/** Invoked on a schedule. */
export const handler = measureJobs({
  stateMachineName: env.STATE_MACHINE_NAME,
  jobIdPrefix: env.JOB_ID_PREFIX,
  activeJobs: activeJobs(iot),
  documentOf: documentOf(iot),
  progressOf: progressOf(iot),
  log: createLog(env.STACK_NAME),
});
