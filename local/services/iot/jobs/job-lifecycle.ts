import type { ThingGroup, ThingGroups } from '../groups/thing-groups';
import type { IotContext } from '../context';
import type { ThingStore } from '../registry/thing-store';
import { shouldAbort } from './abort';
import { type Job, type JobExecution, isTerminal, countUnfinished } from './job';
import type { JobEvents } from './job-events';
import type { JobExecutions } from './job-executions';
import { type JobStore, inPortions } from './job-store';
import { mayRetry } from './retry';
import { createRollout } from './rollout';

/** How jobs start, continue and end. */
export interface JobLifecycle {
  /** The targets exist. Group members are read now. */
  begin(job: Job): void;
  addTargets(job: Job, targets: readonly string[]): void;
  cancel(job: Job, options: { force?: boolean; comment?: string; reasonCode?: string }): void;
  delete(job: Job): void;
  /** Completes a snapshot job whose executions have all ended. */
  checkCompletion(job: Job): void;
}

/** Connects jobs with executions, thing groups and the registry. */
export const createJobLifecycle = (
  { clock, arns }: IotContext,
  things: ThingStore,
  groups: ThingGroups,
  jobs: JobStore,
  executions: JobExecutions,
  events: JobEvents,
): JobLifecycle => {
  /** Continuous jobs by the ARN of a group they target: a membership change concerns these only. */
  const continuousByGroup = new Map<string, Set<Job>>();

  const checkCompletion = (job: Job) => {
    if (job.status !== 'IN_PROGRESS' || job.targetSelection !== 'SNAPSHOT') return;
    if (job.waiting.size > 0 || countUnfinished(job) > 0) return;
    job.status = 'COMPLETED';
    job.completedAt = job.lastUpdatedAt = clock.now();
    events.job(job, 'completed');
  };

  const rollout = createRollout(
    clock,
    (job, thingName) => {
      // A thing may be deleted while it is waiting.
      if (things.get(thingName)) executions.enqueue(job, thingName, job.executions.get(thingName));
    },
    checkCompletion,
  );

  const membersOf = (target: string): Iterable<string> => {
    const thingName = arns.nameIn('thing', target);
    if (thingName !== undefined) return [thingName];
    return groups.get(arns.nameIn('thinggroup', target) ?? '')?.members ?? [];
  };
  const isTargeted = (job: Job, thingName: string) => {
    if (job.targets.has(arns.of('thing', thingName))) return true;
    const thing = things.get(thingName);
    const memberships = thing ? [...thing.staticGroups, ...thing.dynamicGroups] : [];
    return memberships.some((name) => job.targets.has(arns.of('thinggroup', name)));
  };
  const addThing = (job: Job, thingName: string) => {
    const latest = job.executions.get(thingName);
    // A thing that re-joins after it was removed gets a new execution; one that has finished does not.
    if (!latest || latest.status === 'REMOVED') job.waiting.add(thingName);
  };
  const addTargets = (job: Job, targets: readonly string[]) => {
    for (const target of targets) {
      job.targets.add(target);
      for (const thingName of membersOf(target)) addThing(job, thingName);
      if (job.targetSelection !== 'CONTINUOUS') continue;
      const known = continuousByGroup.get(target) ?? new Set();
      continuousByGroup.set(target, known.add(job));
    }
    rollout.start(job);
  };
  const stop = (job: Job) => {
    rollout.stop(job);
    job.waiting.clear();
    for (const target of job.targets) continuousByGroup.get(target)?.delete(job);
  };

  const cancel: JobLifecycle['cancel'] = (job, { force = false, comment, reasonCode }) => {
    stop(job);
    job.status = 'CANCELED';
    job.lastUpdatedAt = job.completedAt = clock.now();
    if (force) job.forceCanceled = true;
    if (comment !== undefined) job.comment = comment;
    if (reasonCode !== undefined) job.reasonCode = reasonCode;
    events.job(job, 'cancellation_in_progress');
    const isCancelable = ({ status }: JobExecution) => status === 'QUEUED' || (force && status === 'IN_PROGRESS');
    inPortions(
      clock,
      [...job.executions.values()].filter(isCancelable),
      // It may have ended since the list was made.
      (execution) => isCancelable(execution) && executions.update(execution, 'CANCELED', { forceCanceled: force }),
      () => events.job(job, 'canceled'),
    );
  };

  executions.onEnded((execution) => {
    const { job, thingName } = execution;
    if (job.status !== 'IN_PROGRESS') return;
    if (mayRetry(execution) && things.get(thingName)) {
      executions.enqueue(job, thingName, execution, true);
      return;
    }
    if (shouldAbort(job)) cancel(job, { reasonCode: 'ABORT_CRITERIA_MET' });
    else checkCompletion(job);
  });

  const left = (job: Job, thingName: string) => {
    job.waiting.delete(thingName);
    const execution = job.executions.get(thingName);
    if (execution && !isTerminal(execution.status) && !isTargeted(job, thingName))
      executions.update(execution, 'REMOVED');
  };
  groups.onMembership((group: ThingGroup, thingName, change) => {
    for (const job of continuousByGroup.get(group.thingGroupArn) ?? []) {
      if (change === 'left') left(job, thingName);
      else {
        addThing(job, thingName);
        rollout.start(job);
      }
    }
  });
  things.onRemoved(({ thingName }) => {
    for (const execution of executions.ofThing(thingName))
      if (!isTerminal(execution.status)) executions.update(execution, 'REMOVED');
  });

  return {
    begin: (job) => {
      jobs.all.set(job.jobId, job);
      addTargets(job, [...job.targets]);
    },
    addTargets,
    cancel,
    checkCompletion,
    delete: (job) => {
      stop(job);
      job.status = 'DELETION_IN_PROGRESS';
      job.lastUpdatedAt = clock.now();
      events.job(job, 'deletion_in_progress');
      const all = [...job.executions.keys()].flatMap((thingName) =>
        executions.ofThing(thingName).filter((execution) => execution.job === job),
      );
      inPortions(
        clock,
        all,
        (execution) => executions.remove(execution),
        () => {
          jobs.all.delete(job.jobId);
          events.job(job, 'deleted');
        },
      );
    },
  };
};
