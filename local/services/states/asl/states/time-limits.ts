import type { Timer } from '../../../../core/clock';
import type { TaskProgress } from '../position';
import { StateError } from '../state-error';
import type { StateRun } from '../state-run';

/** In seconds. */
export interface Limits {
  readonly timeout: number | undefined;
  readonly heartbeat: number | undefined;
}

/** Rejects when a limit of a task passes without a result. `heartbeat` restarts the heartbeat limit. */
export const watchLimits = (
  { clock, history }: StateRun,
  task: TaskProgress,
  { heartbeat }: Limits,
  reject: (error: StateError) => void,
) => {
  const limit = (at: number | undefined, error: string): Timer | undefined =>
    at === undefined ? undefined : clock.setTimeout(() => reject(new StateError(error)), at - clock.now());
  const timer = limit(task.timeoutAt, 'States.Timeout');
  let heartbeatTimer = limit(task.heartbeatAt, 'States.HeartbeatTimeout');
  return {
    heartbeat: () => {
      if (heartbeat === undefined) return;
      heartbeatTimer?.cancel();
      task.heartbeatAt = clock.now() + heartbeat * 1000;
      heartbeatTimer = limit(task.heartbeatAt, 'States.HeartbeatTimeout');
      history.touch();
    },
    stop: () => {
      timer?.cancel();
      heartbeatTimer?.cancel();
    },
  };
};
