import { CreateJobCommand, DescribeJobTemplateCommand, IoTClient } from '@aws-sdk/client-iot';
import { longestThingName } from '../../../proto/topics';
import { fromEnv } from '../../shared/env';
import { createLog } from '../../shared/log';
import { createJob } from './create-job';

const env = fromEnv(process.env, 'CONTROLLER_ENDPOINT_ID', 'STATE_MACHINE_NAME', 'JOB_ID_PREFIX', 'STACK_NAME');
const iot = new IoTClient({});

/** Invoked by people and tools. */
export const handler = createJob({
  templateId: env.STATE_MACHINE_NAME,
  jobIdPrefix: env.JOB_ID_PREFIX,
  longestThingName: longestThingName(env.CONTROLLER_ENDPOINT_ID),
  describeTemplate: (jobTemplateId) => iot.send(new DescribeJobTemplateCommand({ jobTemplateId })),
  createJob: (request) => iot.send(new CreateJobCommand(request)),
  log: createLog(env.STACK_NAME),
});
