/** What a successful one-phase upgrade (device profile `demo`) may cost, whatever the size of the fleet. */
export const LIMITS: Readonly<Record<string, number>> = {
  'state transitions': 14,
  /** Of all AWS APIs but Lambda's, by the roles of the template: functions, state machine, rules. Invocations have their own limit. */
  'AWS calls': 30,
  'DynamoDB writes': 9,
  'DynamoDB reads': 6,
  /** Read units for each of the three events that a device sends. */
  'reads per device event': 1,
  'Lambda invocations': 17,
};

/** A count of a large fleet may be this many times that of a small one. Both must keep the machine busy. */
export const MAX_GROWTH = 1.05;

/** CPU of everything together, in ms per upgrade, of fleets large enough to outweigh the start of threads and their compilers. */
export const MAX_CPU_MS = 60;
export const WARM_DEVICES = 1000;

/** How it may grow from the fleet of `REFERENCE_DEVICES` to any larger one. */
export const MAX_CPU_GROWTH = 1.2;
export const REFERENCE_DEVICES = 100;

/** Counts below this are of something that happens once per job; their growth says nothing. */
const RARE = 0.2;

/** Counts per upgrade, by name. */
export type Counts = Readonly<Record<string, number>>;

export interface SizedCounts {
  readonly devices: number;
  readonly counts: Counts;
}

/** One sentence for each count that is above its limit. */
export const exceeded = ({ devices, counts }: SizedCounts): readonly string[] =>
  Object.entries(LIMITS).flatMap(([name, limit]) => {
    const count = counts[name];
    if (count === undefined) return [`${name}: not counted with ${devices} devices`];
    return count <= limit
      ? []
      : [`${name}: ${count.toFixed(2)} per upgrade with ${devices} devices, at most ${limit} are allowed`];
  });

/** How many times as large a count is in the larger fleet; 1 where both are rare. */
export const growthOf = (small: number, large: number): number =>
  large <= RARE ? 1 : small === 0 ? Infinity : large / small;

/** One sentence for each count that grows with the fleet. */
export const growing = (small: SizedCounts, large: SizedCounts): readonly string[] =>
  Object.entries(large.counts).flatMap(([name, count]) => {
    const before = small.counts[name] ?? 0;
    const growth = growthOf(before, count);
    return growth <= MAX_GROWTH
      ? []
      : [
          `${name}: ${before.toFixed(2)} per upgrade with ${small.devices} devices, ${count.toFixed(2)} with ${large.devices}: × ${growth.toFixed(2)}, at most × ${MAX_GROWTH} is allowed`,
        ];
  });
