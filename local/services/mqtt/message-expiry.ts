import type { MqttMessage } from '../../core/mqtt';

/** AWS IoT adjusts a Message Expiry Interval to 1 second to 7 days (AWS IoT Core developer guide, MQTT, message expiry). */
const MIN_SECONDS = 1;
const MAX_SECONDS = 604_800;

/** When a message expires, in milliseconds since the epoch; undefined when it does not. */
export const expiryOf = (intervalSeconds: number | undefined, now: number): number | undefined =>
  intervalSeconds === undefined
    ? undefined
    : now + Math.min(Math.max(intervalSeconds, MIN_SECONDS), MAX_SECONDS) * 1000;

export const isExpired = ({ expiresAt }: Pick<MqttMessage, 'expiresAt'>, now: number): boolean =>
  expiresAt !== undefined && expiresAt <= now;

/** The remaining interval in whole seconds: 0 from 999 ms on (AWS IoT Core developer guide, MQTT, message expiry). */
export const remainingSeconds = (expiresAt: number, now: number): number =>
  Math.max(0, Math.floor((expiresAt - now) / 1000));
