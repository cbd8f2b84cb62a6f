import { Bench } from 'tinybench';
import { median } from '../statistics';

/** Something to be measured, and what it is compared with in the same run. */
export interface Comparison {
  readonly name: string;
  /** What the baseline is. */
  readonly against: string;
  readonly run: () => unknown;
  readonly baseline: () => unknown;
  /** Before each run, not measured. */
  readonly prepare?: () => void;
  /** Operations in one run; default 1. */
  readonly operations?: number;
}

export interface Compared {
  readonly name: string;
  readonly against: string;
  /** Per operation. */
  readonly microseconds: number;
  readonly baselineMicroseconds: number;
  readonly ratio: number;
}

/** Alternating rounds: so whatever else runs on the machine disturbs both alike. */
const ROUNDS = 15;
const ROUND_MS = 30;
const WARM_UP_MS = 100;

/** Median time of a run and of its baseline, in microseconds. @throws what they throw */
const round = async ({ run, baseline, prepare }: Comparison, isFirst: boolean): Promise<readonly [number, number]> => {
  const bench = new Bench({
    ...{ time: ROUND_MS, iterations: 8, warmup: isFirst, warmupTime: WARM_UP_MS, throws: true },
  });
  bench.add('run', run, prepare && { async: true, beforeEach: prepare }).add('baseline', baseline);
  const [measured, reference] = await bench.run();
  if (measured?.result.state !== 'completed' || reference?.result.state !== 'completed')
    throw new Error('A bench did not complete.');
  return [measured.result.latency.p50 * 1000, reference.result.latency.p50 * 1000];
};

/** Medians over the rounds; the ratio is that of each round. */
export const compare = async (comparison: Comparison): Promise<Compared> => {
  const { name, against, operations = 1 } = comparison;
  const rounds: (readonly [number, number])[] = [];
  for (let number = 0; number < ROUNDS; number += 1) rounds.push(await round(comparison, number === 0));
  return {
    ...{ name, against },
    microseconds: median(rounds.map(([measured]) => measured)) / operations,
    baselineMicroseconds: median(rounds.map(([, reference]) => reference)) / operations,
    ratio: median(rounds.map(([measured, reference]) => measured / reference)),
  };
};
