import { CONTROLLER } from './data-model';
import { readParams } from './resolve';
import type { Action, AgentState, Transition, Unacknowledged } from './types';

/** From this retry on, the range of the wait stays (R-NOT.2). */
const LAST_GROWTH = 10;

/** The wait before the n-th retry: from m·(k/1000)^(n-1) to m·(k/1000)^n seconds (R-NOT.1). */
const waitBefore = (state: AgentState, retry: number, now: number) => {
  const setting = (param: string) => {
    const path = `${CONTROLLER}${param}`;
    return Number(readParams(state, path, now)[path]);
  };
  // Not scaled: the controller needs its time, however fast the device's work is made.
  const least = setting('USPNotifRetryMinimumWaitInterval');
  const growth = setting('USPNotifRetryIntervalMultiplier') / 1000;
  const seconds = least * growth ** (Math.min(retry, LAST_GROWTH) - 1);
  // A multiplier of less than 1000 makes the range end before it starts.
  return { seconds, spread: Math.max(0, seconds * (growth - 1)) };
};

/** Sends a notification, and again until it is acknowledged. */
export const sendUntilAcknowledged = (state: AgentState, now: number, notification: Unacknowledged): Transition => {
  const { msgId, publish, retries } = notification;
  const schedule: Action = {
    kind: 'schedule',
    step: { kind: 'repeat', msgId },
    ...waitBefore(state, retries + 1, now),
  };
  const others = state.unacknowledged.filter((other) => other.msgId !== msgId);
  return { state: { ...state, unacknowledged: [...others, notification] }, actions: [publish, schedule] };
};

/** The controller has it (R-NOT.9: the subscription it names does not matter). */
export const acknowledge = (state: AgentState, msgId: string): AgentState => ({
  ...state,
  unacknowledged: state.unacknowledged.filter((notification) => notification.msgId !== msgId),
});

/** Sends a notification once more, unless it has been acknowledged, is too old, or its subscription is gone. */
export const repeat = (state: AgentState, now: number, msgId: string): Transition => {
  const notification = state.unacknowledged.find((one) => one.msgId === msgId);
  if (!notification) return { state, actions: [] };
  const { expiration, sentAt, subscription, retries } = notification;
  const isExpired = expiration > 0 && now - sentAt >= expiration * 1000;
  const isUnsubscribed = subscription !== '' && !state.rows.some(({ path }) => path === subscription);
  if (isExpired || isUnsubscribed) return { state: acknowledge(state, msgId), actions: [] };
  return sendUntilAcknowledged(state, now, { ...notification, retries: retries + 1 });
};
