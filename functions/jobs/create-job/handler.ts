import { CreateJobCommand, DescribeJobTemplateCommand, IoTClient } from '@aws-sdk/client-iot';
import { longestThingName } from '../../../proto/topics';
import { fromEnv } from '../../shared/env';
import { createLog } from '../../shared/log';
import { defaultTimeLimitsIn } from './contradictions';
import { createJob } from './create-job';
import { iotFleetIndex } from './fleet-index';

const env = fromEnv(
  process.env,
  'CONTROLLER_ENDPOINT_ID',
  'STATE_MACHINE_NAME',
  'JOB_ID_PREFIX',
  'STACK_NAME',
  'TIME_LIMITS',
);
const iot = new IoTClient({});

/** Invoked by people and tools. */
export const handler = createJob({
  templateId: env.STATE_MACHINE_NAME,
  jobIdPrefix: env.JOB_ID_PREFIX,
  longestThingName: longestThingName(env.CONTROLLER_ENDPOINT_ID),
  timeLimits: defaultTimeLimitsIn(env.TIME_LIMITS),
  describeTemplate: (jobTemplateId) => iot.send(new DescribeJobTemplateCommand({ jobTemplateId })),
  createJob: (request) => iot.send(new CreateJobCommand(request)),
  fleet: iotFleetIndex(iot),
  now: Date.now,
  log: createLog(env.STACK_NAME),
});
