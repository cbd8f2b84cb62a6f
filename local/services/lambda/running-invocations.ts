import type { Invocation } from '../../core/disturbance';

/** How an attempt ends before its time: its runtime exits, or its time is over. */
export type Ending = 'exit' | 'timeout';

interface Running extends Invocation {
  readonly stop: (ending: Ending) => void;
}

/** The attempts of functions that are at work, by trace id. Nobody hears an attempt that is over: its runtime is gone or frozen. */
export interface RunningInvocations {
  /** @param stop ends the attempt */
  begin(traceId: string, invocation: Invocation, stop: Running['stop']): void;
  end(traceId: string): void;
  find(traceId: string): Invocation | undefined;
  stop(traceId: string, ending: Ending): void;
}

export const createRunningInvocations = (): RunningInvocations => {
  const running = new Map<string, Running>();
  return {
    begin: (traceId, invocation, stop) => void running.set(traceId, { ...invocation, stop }),
    end: (traceId) => void running.delete(traceId),
    find: (traceId) => running.get(traceId),
    stop: (traceId, ending) => running.get(traceId)?.stop(ending),
  };
};
