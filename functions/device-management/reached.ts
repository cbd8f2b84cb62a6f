import type { Device } from './devices';

/** The operation whose target the device was last reported to run, since when: a fact of the domain's own. */
export const REACHED = 'reached';

/** Whether the device is known to have reported, since it was asked, that it runs the target of its current command. */
export const hasReached = ({ current, facts }: Pick<Device, 'current' | 'facts'>): boolean =>
  current !== undefined && facts[REACHED] === current.operationId;
