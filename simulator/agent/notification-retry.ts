import { CONTROLLER } from './data-model';
import { readParams } from './resolve';
import type { Action, AgentState, Transition, Unacknowledged } from './types';

/** From this retry on, the interval stops growing (R-NOT.2). */
const LAST_GROWTH = 10;

/** The interval before the n-th retry: m·(k/1000)^(n-1) to m·(k/1000)^n seconds (R-NOT.1). */
const retryInterval = (state: AgentState, retry: number, now: number) => {
  const setting = (param: string) => {
    const path = `${CONTROLLER}${param}`;
    return Number(readParams(state, path, now)[path]);
  };
  // Not scaled by timeScale: the controller answers no faster when the device's delays are shortened.
  const minimum = setting('USPNotifRetryMinimumWaitInterval');
  const growth = setting('USPNotifRetryIntervalMultiplier') / 1000;
  const seconds = minimum * growth ** (Math.min(retry, LAST_GROWTH) - 1);
  // With a multiplier below 1000, the range would be negative.
  return { seconds, jitterSeconds: Math.max(0, seconds * (growth - 1)) };
};

/** Sends a notification and schedules its retry. */
export const sendUntilAcknowledged = (state: AgentState, now: number, notification: Unacknowledged): Transition => {
  const { msgId, publish, retries } = notification;
  const schedule: Action = {
    kind: 'schedule',
    step: { kind: 'retry-notification', msgId },
    ...retryInterval(state, retries + 1, now),
  };
  const others = state.unacknowledged.filter((other) => other.msgId !== msgId);
  return { state: { ...state, unacknowledged: [...others, notification] }, actions: [publish, schedule] };
};

/** Stops the retries of a notification; the subscription_id of the answer is ignored (R-NOT.9). */
export const acknowledge = (state: AgentState, msgId: string): AgentState => ({
  ...state,
  unacknowledged: state.unacknowledged.filter((notification) => notification.msgId !== msgId),
});

/** Resends a notification unless it is acknowledged or expired, or its subscription is deleted. */
export const retryNotification = (state: AgentState, now: number, msgId: string): Transition => {
  const notification = state.unacknowledged.find((one) => one.msgId === msgId);
  if (!notification) return { state, actions: [] };
  const { expiration, sentAt, subscription, retries } = notification;
  const isExpired = expiration > 0 && now - sentAt >= expiration * 1000;
  const isUnsubscribed = subscription !== '' && !state.rows.some(({ path }) => path === subscription);
  if (isExpired || isUnsubscribed) return { state: acknowledge(state, msgId), actions: [] };
  return sendUntilAcknowledged(state, now, { ...notification, retries: retries + 1 });
};
