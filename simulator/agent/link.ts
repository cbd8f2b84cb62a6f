import { faultNamed } from './faults';
import { seeded } from './seeded';
import type { Action, AgentState, Download, Transition } from './types';

/** The connection losses during an upgrade: each at a random time in its own share of the time until the reboot. */
export const linkLosses = ({ config }: AgentState, command: Download): Action[] => {
  const { linkLosses: count = 0 } = faultNamed(config.fault);
  const share = config.timings.rebootSeconds / count;
  return Array.from({ length: count }, (_, index) => {
    const random = (what: string) => seeded(config.seed, config.thingName, what, command.request, index);
    const step = { kind: 'link-down', command, seconds: share * (0.1 + 0.3 * random('down for')) } as const;
    return { kind: 'schedule', step, seconds: share * (index + 0.1 + 0.4 * random('down at')) };
  });
};

/** The connection is lost for some seconds. */
export const linkDown = (state: AgentState, seconds: number): Transition => ({
  state: { ...state, linkLost: true },
  actions: [{ kind: 'disconnect' }, { kind: 'schedule', step: { kind: 'link-up' }, seconds }],
});

/** The connection returns, unless a reboot has opened it. */
export const linkUp = (state: AgentState): Transition =>
  state.linkLost ? { state: { ...state, linkLost: false }, actions: [{ kind: 'reconnect' }] } : { state, actions: [] };
