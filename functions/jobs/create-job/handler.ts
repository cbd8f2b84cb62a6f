import { CreateJobCommand, DescribeJobTemplateCommand, IoTClient } from '@aws-sdk/client-iot';
import { fromEnv } from '../../shared/env';
import { createJob } from './create-job';

const { STATE_MACHINE_NAME, JOB_ID_PREFIX } = fromEnv(process.env, 'STATE_MACHINE_NAME', 'JOB_ID_PREFIX');
const iot = new IoTClient({});

/** Invoked by people and tools. */
export const handler = createJob({
  templateId: STATE_MACHINE_NAME,
  jobIdPrefix: JOB_ID_PREFIX,
  describeTemplate: (jobTemplateId) => iot.send(new DescribeJobTemplateCommand({ jobTemplateId })),
  createJob: (request) => iot.send(new CreateJobCommand(request)),
});
