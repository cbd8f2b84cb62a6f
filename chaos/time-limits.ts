import { ORIGINAL_TIMINGS, type Timings } from '../simulator/agent/config';
import { FAULTS } from '../simulator/agent/faults';

/** No download fails sooner than a request is sent again whose answer was lost: a repetition after that would be another request. */
const SHORTEST_TRANSFER_SECONDS = 1;

/** The delays of the devices before `timeScale`: the original's, unless that makes transfers too short. */
export const timingsFor = (timeScale: number): Timings => {
  const { firstBootSeconds, transferSeconds, operationSeconds, rebootSeconds } = ORIGINAL_TIMINGS;
  const factor = Math.max(1, SHORTEST_TRANSFER_SECONDS / (transferSeconds * timeScale));
  return {
    firstBootSeconds,
    transferSeconds: transferSeconds * factor,
    operationSeconds: transferSeconds * factor + operationSeconds - transferSeconds,
    rebootSeconds: transferSeconds * factor + rebootSeconds - transferSeconds,
  };
};

/** What an idle machine needs to deploy the stack. */
const IDLE_DEPLOYMENT_MS = 3_500;
const SLOWEST = 4;

/** How much slower than an idle one a machine is that has needed this long to deploy the stack. */
export const slownessOf = (deploymentMs: number): number =>
  Math.min(SLOWEST, Math.max(1, deploymentMs / IDLE_DEPLOYMENT_MS));

/** Seconds; `timeLimits` of a job. */
export interface TimeLimits {
  readonly connectSeconds: number;
  readonly startDownloadSeconds: number;
  readonly transferSeconds: number;
  readonly operationSeconds: number;
  readonly rebootSeconds: number;
  readonly rebootGraceSeconds: number;
}

/**
 * Short, so that a campaign ends soon; long enough for a slow device on a platform that tries again.
 * @param slowness of this machine: 1 or more
 */
export const timeLimitsFor = (devices: number, timeScale: number, slowness: number): TimeLimits => {
  const load = (2 + devices / 12) * slowness;
  const limit = (seconds: number) => Math.ceil(seconds * FAULTS.slow.delayFactor * timeScale + load);
  const { transferSeconds, operationSeconds, rebootSeconds } = timingsFor(timeScale);
  return {
    connectSeconds: Math.ceil(2 * load),
    startDownloadSeconds: limit(0),
    transferSeconds: limit(transferSeconds),
    operationSeconds: limit(operationSeconds),
    rebootSeconds: limit(rebootSeconds),
    rebootGraceSeconds: limit(rebootSeconds - operationSeconds),
  };
};
