import type { FaultName } from './faults';
import type { Profile } from './profiles';

export type MqttVersion = '3.1.1' | '5';

/** Delays in seconds. All but the first count from the Operate request. */
export interface Timings {
  readonly firstBootSeconds: number;
  readonly transferSeconds: number;
  readonly operationSeconds: number;
  readonly rebootSeconds: number;
}

export const ORIGINAL_TIMINGS: Timings = {
  firstBootSeconds: 30,
  transferSeconds: 10,
  operationSeconds: 15,
  rebootSeconds: 20,
};

/** All delays, multiplied. */
export const scaled = (timings: Timings, factor: number): Timings => ({
  firstBootSeconds: timings.firstBootSeconds * factor,
  transferSeconds: timings.transferSeconds * factor,
  operationSeconds: timings.operationSeconds * factor,
  rebootSeconds: timings.rebootSeconds * factor,
});

/** Fixed while an agent runs. */
export interface AgentConfig {
  readonly thingName: string;
  readonly endpointId: string;
  readonly controllerId: string;
  readonly profile: Profile;
  readonly mqttVersion: MqttVersion;
  readonly timings: Timings;
  /** Factor on the delays that `timings` does not have; `timings` are already scaled. */
  readonly timeScale: number;
  /** What goes wrong in every upgrade; takes precedence over the URL. */
  readonly fault: FaultName;
  /** Decides, with the thing name, all that is random. */
  readonly seed: number;
  /** Whether a reboot closes and reopens the connection; the original stays connected. */
  readonly reconnectOnReboot: boolean;
  /** Whether to download by HTTP. If false, downloads succeed or fail as configured, after a delay. */
  readonly fetchFirmware: boolean;
}
