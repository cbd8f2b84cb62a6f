import type { AgentConfig } from './config';
import { faultNamed } from './faults';
import { seeded } from './seeded';

const YEAR_MS = 365 * 86_400_000;

/** dateTime of TR-106: whole seconds, UTC. */
const dateTime = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');

/** The time by the device's own clock. @param milliseconds since the epoch */
export const deviceTime = ({ fault, seed, thingName }: AgentConfig, milliseconds: number): string => {
  if (faultNamed(fault).wrongClock !== true) return dateTime(milliseconds);
  const years = 5 + 20 * seeded(seed, thingName, 'clock');
  const isSlow = seeded(seed, thingName, 'clock is slow') < 0.5;
  return dateTime(milliseconds + (isSlow ? -years : years) * YEAR_MS);
};
