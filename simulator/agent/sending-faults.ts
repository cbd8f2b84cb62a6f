import { faultNamed } from './faults';
import { seeded } from './seeded';
import type { Action, AgentState, Publish, Transition } from './types';

type Notification = Publish & { readonly notification: number };

const isNotification = (action: Action): action is Notification =>
  action.kind === 'publish' && action.notification !== undefined;

/** A random number of a notification. */
const random = ({ config }: AgentState, what: string, { notification = 0 }: Publish) =>
  seeded(config.seed, config.thingName, what, notification);

const repeated = (state: AgentState, action: Action): Action[] =>
  isNotification(action)
    ? Array.from({ length: random(state, 'copies', action) < 0.5 ? 2 : 3 }, () => action)
    : [action];

const shuffled = (state: AgentState, notifications: readonly Publish[]): Publish[] =>
  notifications.toSorted((a, b) => random(state, 'order', a) - random(state, 'order', b));

/**
 * Notifications of a download wait for the end of its operation, or for the reboot, and then leave in a random order: those
 * of before the reboot first, because nothing that was not sent before it is sent after it.
 */
const reordered = (before: AgentState, { state, actions }: Transition): Transition => {
  const leaving = actions.filter(isNotification);
  const others = actions.filter((action) => !isNotification(action));
  const rebooted = state.boots !== before.boots;
  if (!rebooted && state.commands.some(({ phase }) => phase !== 'notified')) {
    // A retry of one that waits is the same one.
    const waiting = state.held.filter((held) =>
      leaving.every(({ notification }) => notification !== held.notification),
    );
    return { state: { ...state, held: [...waiting, ...leaving] }, actions: others };
  }
  const first = rebooted ? shuffled(state, state.held) : [];
  const last = shuffled(state, rebooted ? leaving : [...state.held, ...leaving]);
  return { state: { ...state, held: [] }, actions: [...first, ...others, ...last] };
};

/** The faults of a device that affect only how often and in which order its notifications leave. */
export const withSendingFaults = (before: AgentState, transition: Transition): Transition => {
  const { repeats, reorders } = faultNamed(before.config.fault);
  if (repeats === true)
    return { ...transition, actions: transition.actions.flatMap((action) => repeated(transition.state, action)) };
  return reorders === true ? reordered(before, transition) : transition;
};
