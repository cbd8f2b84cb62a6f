import * as v from 'valibot';
import type { Delivery } from '../local/core/disturbance';
import type { EmbeddedAws } from '../local/embedded-aws';
import type { ObservedCommand, ObservedDownload, ObservedWorkflow } from './world';
import { thingOfRequestTopic, uspIn } from './keys';
import { jobOf } from './operations';

/** The state in which an execution finds that the operation is not its own. */
const QUIET_STATE = 'AnotherExecutionOwnsUpgrade';
const ENDED = ['SUCCEEDED', 'FAILED', 'REJECTED', 'TIMED_OUT', 'REMOVED', 'CANCELED'];

export interface RecordedWorkflow extends Omit<ObservedWorkflow, 'isQuiet'> {
  readonly thingName: string;
  readonly operationId: string;
}

export interface RecordedJobExecution {
  readonly jobId: string;
  readonly thingName: string;
  readonly operationId: string;
  readonly status: string;
  readonly error: string;
  /** What the device ran when it got this status. */
  readonly ran: string;
}

/** What happens during a campaign, as it happens. */
export interface Recorder {
  /** For the disturbance: what the cloud sends to devices. */
  noteDelivery(delivery: Delivery): void;
  noteDownload(thingName: string, commandKey: string): void;
  readonly workflows: ReadonlyMap<string, RecordedWorkflow>;
  /** The last status of each attempt, by thing and operation. */
  readonly jobExecutions: ReadonlyMap<string, RecordedJobExecution>;
  isQuiet(arn: string): boolean;
  commandsOf(thingName: string): readonly ObservedCommand[];
  downloadsOf(thingName: string): readonly ObservedDownload[];
  /** Resolves when a workflow of a thing that fits has entered this state. */
  entered(stateName: string, fits: (thingName: string) => boolean, times: number): Promise<void>;
  /** Resolves when this many job executions of a job have ended. */
  ended(jobId: string, times: number): Promise<void>;
  /** Resolves when no workflow of a job runs. */
  stopped(jobId: string): Promise<void>;
  /** Called after each change of a workflow or a job execution. */
  onChange(listener: () => void): () => void;
}

const inputSchema = v.object({ thingName: v.string(), operationId: v.string() });
const COMMAND = /\.(\w+)\(\)$/;

const grouped = <T>() => {
  const groups = new Map<string, T[]>();
  return {
    add: (key: string, value: T) => void groups.set(key, [...(groups.get(key) ?? []), value]),
    of: (key: string): readonly T[] => groups.get(key) ?? [],
  };
};

/** @param runs what a device runs now */
export const createRecorder = (runs: (thingName: string) => string) => {
  const workflows = new Map<string, RecordedWorkflow>();
  const jobExecutions = new Map<string, RecordedJobExecution>();
  const quiet = new Set<string>();
  const commands = grouped<ObservedCommand>();
  const downloads = grouped<ObservedDownload>();
  const listeners = new Set<() => void>();
  const stateListeners = new Set<(thingName: string, stateName: string) => void>();
  const changed = () => {
    for (const listener of [...listeners]) listener();
  };

  const follow = (aws: EmbeddedAws) => {
    aws.onExecutionChanged(({ executionArn: arn, status, input, error, stopDate }) => {
      const { thingName, operationId } = v.parse(inputSchema, JSON.parse(input));
      workflows.set(arn, {
        ...{ arn, thingName, operationId, status, ranAtEnd: runs(thingName) },
        ...(error !== null && { error }),
        ...(stopDate !== null && { endedAt: stopDate }),
      });
      changed();
    });
    aws.onStateEntered(({ executionArn, stateName }) => {
      if (stateName === QUIET_STATE) quiet.add(executionArn);
      const thingName = workflows.get(executionArn)?.thingName;
      if (thingName !== undefined) for (const listener of [...stateListeners]) listener(thingName, stateName);
    });
    aws.onJobExecutionChanged(({ jobId, thingName, executionNumber, status, statusDetails }) => {
      const operationId = `${jobId}.${executionNumber}`;
      const key = `${thingName} ${operationId}`;
      const before = jobExecutions.get(key);
      if (before && ENDED.includes(before.status)) return;
      const { step = '', error = '' } = statusDetails;
      jobExecutions.set(key, {
        ...{ jobId, thingName, operationId, status, ran: runs(thingName) },
        error: [step, error].filter(Boolean).join(' '),
      });
      changed();
    });
  };

  /** Resolves as soon as something is so. */
  const once = (isSo: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = () => {
        if (!isSo()) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
    });

  const recorder: Recorder = {
    noteDelivery: ({ kind, ...delivery }) => {
      if (kind !== 'to-device' || !('message' in delivery)) return;
      const { topic, payload, expiresAt } = delivery.message;
      const operate = uspIn(payload)?.body?.request?.operate;
      const thingName = thingOfRequestTopic(topic);
      if (!operate?.commandKey || thingName === undefined) return;
      commands.add(thingName, {
        commandKey: operate.commandKey,
        command: COMMAND.exec(operate.command ?? '')?.[1] ?? '',
        publishedAt: Date.now(),
        ...(expiresAt !== undefined && { expiresAt }),
      });
    },
    noteDownload: (thingName, commandKey) => downloads.add(thingName, { commandKey, at: Date.now() }),
    ...{ workflows, jobExecutions },
    isQuiet: (arn) => quiet.has(arn),
    commandsOf: commands.of,
    downloadsOf: downloads.of,
    entered: (stateName, fits, times) =>
      new Promise((resolve) => {
        const seen = new Set<string>();
        const listener = (thingName: string, entered: string) => {
          if (entered !== stateName || !fits(thingName)) return;
          seen.add(thingName);
          if (seen.size < times) return;
          stateListeners.delete(listener);
          resolve();
        };
        stateListeners.add(listener);
      }),
    ended: (jobId, times) =>
      once(() => {
        const ofJob = [...jobExecutions.values()].filter((one) => one.jobId === jobId);
        return ofJob.filter(({ status }) => ENDED.includes(status)).length >= times;
      }),
    stopped: (jobId) =>
      once(() => {
        const ofJob = [...workflows.values()].filter(({ operationId }) => jobOf(operationId) === jobId);
        return ofJob.every(({ status }) => status !== 'RUNNING');
      }),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return { recorder, follow };
};
