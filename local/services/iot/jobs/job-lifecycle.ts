import type { ThingGroup, ThingGroups } from '../groups/thing-groups';
import type { IotContext } from '../context';
import type { ThingStore } from '../registry/thing-store';
import { shouldAbort } from './abort';
import { countUnfinished, isActive, type Job, type JobExecution, isTerminal } from './job';
import type { JobEvents } from './job-events';
import type { JobExecutions } from './job-executions';
import { type JobStore, inPortions } from './job-store';
import { createRetention } from './retention';
import { retryAfter } from './retry';
import { createRollout } from './rollout';
import { createSchedule } from './schedule';

/** How jobs start, continue and end. */
export interface JobLifecycle {
  /** The targets exist. Group members are read now. */
  begin(job: Job): void;
  addTargets(job: Job, targets: readonly string[]): void;
  cancel(job: Job, options: { force?: boolean; comment?: string; reasonCode?: string }): void;
  delete(job: Job): void;
  /** Completes a job whose executions have all ended, unless it is continuous and its end time is to come. */
  checkCompletion(job: Job): void;
}

/** Connects jobs with executions, thing groups and the registry. */
export const createJobLifecycle = (
  { clock, arns, store, backlog }: IotContext,
  things: ThingStore,
  groups: ThingGroups,
  jobs: JobStore,
  executions: JobExecutions,
  events: JobEvents,
): JobLifecycle => {
  /** Continuous jobs by the ARN of a group they target: a membership change concerns these only. */
  const continuousByGroup = new Map<string, Set<Job>>();

  const checkCompletion = (job: Job) => {
    if (job.status !== 'IN_PROGRESS' || (job.targetSelection !== 'SNAPSHOT' && !job.ended)) return;
    if (job.waiting.size > 0 || job.joined.size > 0 || countUnfinished(job) > 0) return;
    job.status = 'COMPLETED';
    job.completedAt = job.lastUpdatedAt = clock.now();
    jobs.changed(job);
    events.job(job, 'completed');
    retention.check(job);
  };

  const rollout = createRollout(
    { clock, backlog },
    (job, thingName) => {
      // A thing may be deleted while it is waiting.
      if (!things.get(thingName)) return;
      const previous = job.executions.get(thingName);
      executions.enqueue(job, thingName, previous, previous && retryAfter(previous));
    },
    checkCompletion,
    jobs.changed,
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
  const addThing = (job: Job, thingName: string, queue = job.waiting) => {
    const latest = job.executions.get(thingName);
    // A thing that re-joins after it was removed gets a new execution; one that has finished does not.
    if (!job.waiting.has(thingName) && (!latest || latest.status === 'REMOVED')) queue.add(thingName);
  };
  const follow = (job: Job, target: string) => {
    if (job.targetSelection !== 'CONTINUOUS') return;
    continuousByGroup.set(target, (continuousByGroup.get(target) ?? new Set()).add(job));
  };
  const addTargets = (job: Job, targets: readonly string[]) => {
    for (const target of targets) {
      job.targets.add(target);
      for (const thingName of membersOf(target)) addThing(job, thingName);
      follow(job, target);
    }
    jobs.changed(job);
  };
  const stop = (job: Job) => {
    rollout.stop(job);
    schedule.stop(job);
    job.waiting.clear();
    job.joined.clear();
    jobs.changed(job);
    for (const target of job.targets) continuousByGroup.get(target)?.delete(job);
  };

  const cancelExecutions = (job: Job, force: boolean, done: () => void) => {
    job.unfinished = 'cancel';
    const isCancelable = ({ status }: JobExecution) => status === 'QUEUED' || (force && status === 'IN_PROGRESS');
    inPortions(
      clock,
      [...job.executions.values()].filter(isCancelable),
      // It may have ended since the list was made.
      (execution) => isCancelable(execution) && executions.update(execution, 'CANCELED', { forceCanceled: force }),
      () => {
        delete job.unfinished;
        jobs.changed(job);
        done();
        retention.check(job);
      },
    );
  };

  /** Cancels the executions of a job that is canceled, or that has reached its end time. */
  const cancelRest = (job: Job) => {
    if (job.status === 'CANCELED') cancelExecutions(job, job.forceCanceled ?? false, () => events.job(job, 'canceled'));
    else
      cancelExecutions(job, job.configs.schedulingConfig?.endBehavior === 'FORCE_CANCEL', () => checkCompletion(job));
  };

  /** STOP_ROLLOUT lets executions end, CANCEL those that run, FORCE_CANCEL none; then the job is COMPLETED. */
  const end = (job: Job) => {
    const { endBehavior = 'STOP_ROLLOUT' } = job.configs.schedulingConfig ?? {};
    job.ended = true;
    stop(job);
    job.status = 'IN_PROGRESS';
    job.lastUpdatedAt = clock.now();
    if (endBehavior === 'STOP_ROLLOUT') checkCompletion(job);
    else cancelRest(job);
  };
  const schedule = createSchedule(clock, { opened: rollout.start, closed: rollout.stop, ended: end });

  const cancel: JobLifecycle['cancel'] = (job, { force = false, comment, reasonCode }) => {
    stop(job);
    job.status = 'CANCELED';
    job.lastUpdatedAt = job.completedAt = clock.now();
    if (force) job.forceCanceled = true;
    if (comment !== undefined) job.comment = comment;
    if (reasonCode !== undefined) job.reasonCode = reasonCode;
    events.job(job, 'cancellation_in_progress');
    cancelRest(job);
  };

  executions.onEnded((execution) => {
    const { job, thingName } = execution;
    if (!isActive(job)) return retention.check(job);
    const failure = job.ended ? undefined : retryAfter(execution);
    if (failure && things.get(thingName)) {
      if (job.status === 'IN_PROGRESS') executions.enqueue(job, thingName, execution, failure);
      else job.joined.add(thingName);
      jobs.changed(job);
      return;
    }
    if (shouldAbort(job)) cancel(job, { reasonCode: 'ABORT_CRITERIA_MET', comment: 'The abort criteria are met.' });
    else checkCompletion(job);
  });

  const left = (job: Job, thingName: string) => {
    job.waiting.delete(thingName);
    job.joined.delete(thingName);
    jobs.changed(job);
    const execution = job.executions.get(thingName);
    if (execution && !isTerminal(execution.status) && !isTargeted(job, thingName))
      executions.update(execution, 'REMOVED');
  };
  groups.onMembership((group: ThingGroup, thingName, change) => {
    for (const job of continuousByGroup.get(group.thingGroupArn) ?? []) {
      if (change === 'left') left(job, thingName);
      else {
        addThing(job, thingName, job.joined);
        jobs.changed(job);
        rollout.startJoined(job);
      }
    }
  });
  things.onRemoved(({ thingName }) => {
    for (const execution of executions.ofThing(thingName))
      if (!isTerminal(execution.status)) executions.update(execution, 'REMOVED');
  });

  const deleteRest = (job: Job) => {
    job.unfinished = 'delete';
    const all = [...job.executions.keys()].flatMap((thingName) =>
      executions.ofThing(thingName).filter((execution) => execution.job === job),
    );
    inPortions(
      clock,
      all,
      (execution) => executions.remove(execution),
      () => {
        jobs.all.delete(job.jobId);
        jobs.changed(job);
        events.job(job, 'deleted');
      },
    );
  };

  const retention = createRetention(jobs, executions);
  for (const job of jobs.all.values()) {
    if (isActive(job)) for (const target of job.targets) follow(job, target);
    store.onStart(() => {
      if (job.unfinished === 'delete') deleteRest(job);
      else if (job.unfinished === 'cancel') cancelRest(job);
      else if (isActive(job)) schedule.resume(job);
    });
  }

  return {
    begin: (job) => {
      jobs.all.set(job.jobId, job);
      addTargets(job, [...job.targets]);
      schedule.begin(job);
    },
    addTargets: (job, targets) => {
      addTargets(job, targets);
      rollout.start(job);
    },
    cancel,
    checkCompletion,
    delete: (job) => {
      retention.leave(job);
      stop(job);
      job.status = 'DELETION_IN_PROGRESS';
      job.lastUpdatedAt = clock.now();
      events.job(job, 'deletion_in_progress');
      deleteRest(job);
    },
  };
};
