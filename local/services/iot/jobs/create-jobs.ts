import type { IotContext } from '../context';
import type { ThingGroups } from '../groups/thing-groups';
import type { ThingStore } from '../registry/thing-store';
import { createJobCreation } from './create-job';
import { createDeviceJobs } from './device-jobs';
import { createEventConfigurations } from './event-configurations';
import { createJobEvents } from './job-events';
import { createJobExecutionOperations } from './job-execution-operations';
import { createJobExecutions } from './job-executions';
import { createJobLifecycle } from './job-lifecycle';
import { createJobOperations } from './job-operations';
import { createJobStore } from './job-store';
import { createJobTemplateOperations } from './job-template-operations';
import { answerJobsTopics } from './mqtt-jobs-topics';
import { createPendingQueues } from './pending-queue';

/** AWS IoT Jobs: control plane, device side, events. */
export const createJobs = (context: IotContext, things: ThingStore, groups: ThingGroups) => {
  const configurations = createEventConfigurations(context);
  const events = createJobEvents(context, configurations.isEnabled);
  const queues = createPendingQueues();
  const store = createJobStore(context.store);
  const executions = createJobExecutions(context, store, queues, events);
  const lifecycle = createJobLifecycle(context, things, groups, store, executions, events);
  const templates = createJobTemplateOperations(context, store);
  const deviceJobs = createDeviceJobs(context, things, executions, queues);
  const close = answerJobsTopics(context, deviceJobs);

  return {
    executions,
    deviceJobs,
    close,
    /** Whether both kinds of job events are switched on. */
    eventsEnabled: () => configurations.isEnabled('JOB') && configurations.isEnabled('JOB_EXECUTION'),
    operations: {
      ...configurations.operations,
      ...templates.operations,
      ...createJobCreation(context, things, groups, store, templates.jobTemplates, lifecycle),
      ...createJobOperations(context, store, lifecycle),
      ...createJobExecutionOperations(context, things, store, executions, lifecycle),
    },
  };
};
