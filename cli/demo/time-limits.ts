import { ORIGINAL_TIMINGS } from '../../simulator/agent/config';
import { FAULTS } from '../../simulator/agent/faults';

/** Seconds; see `timeLimits` of a job. */
export interface TimeLimits {
  readonly startDownloadSeconds: number;
  readonly transferSeconds: number;
  readonly operationSeconds: number;
  readonly rebootSeconds: number;
  readonly rebootGraceSeconds: number;
}

/** As long as the slowest devices need, because the demo waits until those that fall silent have failed. */
export const timeLimitsFor = (devices: number, timeScale: number): TimeLimits => {
  // All devices share this machine.
  const load = 10 + devices / 10;
  const limit = (seconds: number) => Math.ceil(seconds * FAULTS.slow.delayFactor * timeScale + load);
  const { transferSeconds, operationSeconds, rebootSeconds } = ORIGINAL_TIMINGS;
  return {
    startDownloadSeconds: limit(0),
    transferSeconds: limit(transferSeconds),
    operationSeconds: limit(operationSeconds),
    rebootSeconds: limit(rebootSeconds),
    rebootGraceSeconds: limit(rebootSeconds - operationSeconds),
  };
};
