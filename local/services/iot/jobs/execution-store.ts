import type { Store } from '../../../store/store';
import type { JobExecution } from './job';
import type { JobStore } from './job-store';

/** A job execution as it is saved. */
interface SavedExecution extends Omit<JobExecution, 'job' | 'deadlines'> {
  readonly jobId: string;
  /** When the time limits pass, in milliseconds since the epoch. */
  readonly due: { readonly job?: number | undefined; readonly step?: number | undefined };
}

type Key = Pick<JobExecution, 'thingName' | 'executionNumber'> & { readonly job: { readonly jobId: string } };

/** Neither name contains a space. */
const idOf = ({ thingName, job, executionNumber }: Key) => `${thingName} ${job.jobId} ${executionNumber}`;

/** Keeps job executions. */
export const createExecutionStore = (
  store: Store,
  jobs: JobStore,
  find: (jobId: string, thingName: string, executionNumber: number) => JobExecution | undefined,
) => {
  const kept = store.collection<SavedExecution>('iot-job-executions', (id) => {
    const [thingName = '', jobId = '', number] = id.split(' ');
    const execution = find(jobId, thingName, Number(number));
    if (!execution) return undefined;
    const { job: _, deadlines, ...rest } = execution;
    return { ...rest, jobId, due: { job: deadlines.job?.due, step: deadlines.step?.due } };
  });
  return {
    /** Those of before a restart, in the order in which they were queued, with their time limits. */
    found: [...kept.saved.values()].flatMap(({ jobId, due, ...saved }) => {
      const job = jobs.all.get(jobId);
      if (!job) return [];
      const execution: JobExecution = { ...saved, job, deadlines: {} };
      return [{ execution, due }];
    }),
    changed: (execution: Key) => kept.changed(idOf(execution)),
  };
};
