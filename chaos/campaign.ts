import type { Counts } from './disturber';
import { violationsOf } from './invariants/all';
import { quietWithin, within } from './quiet';
import { prepareStage, type Stage, type StageOptions } from './stage';
import type { Violation, World } from './world';
import machine from '../statemachines/firmware-upgrade.asl.json';

export interface CampaignOptions extends StageOptions {
  /** How long the platform misbehaves at most, in seconds. */
  readonly troubleSeconds: number;
  readonly stop: AbortSignal;
}

export interface CampaignResult {
  readonly seed: number;
  readonly devices: number;
  readonly seconds: number;
  readonly injected: Counts;
  /** Job executions by status, and why those failed that did. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly workflows: number;
  /** Dead letters that were handed back, other than poison. */
  readonly redriven: number;
  /** What is left in the queues, and must be. */
  readonly poison: number;
  readonly violations: readonly Violation[];
}

type Print = (line: string) => void;

/** Messages that no function can ever handle. */
const POISON = 2;
/** What fails again after the cause is gone is handed back again, as an operator would. */
const MOST_REDRIVES = 3;
/** From the end of a workflow until device management knows of it: a late event, and what is tried again. */
const SLACK_MS = 10_000;

/** The longest wait of the state machine that no job sets: for the outcome to be recorded, before a thing leaves its group. */
const RECORD_OUTCOME_SECONDS = machine.States.RecordOutcome.TimeoutSeconds;

/** Seconds in which two upgrades of one device end, one after the other, whatever it does. */
const patienceFor = ({ timeLimits }: Stage): number =>
  2 * Object.values<number>({ ...timeLimits }).reduce((sum, seconds) => sum + seconds, 0) + RECORD_OUTCOME_SECONDS + 30;

/** Rejects when the campaign is interrupted. */
const interruption = (stop: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const interrupt = () => reject(new Error('interrupted'));
    if (stop.aborted) interrupt();
    stop.addEventListener('abort', interrupt, { once: true });
  });

/** Misbehaves until everything has ended, or its time is over; then waits for what has not ended. @returns what never did */
const upgradeInTrouble = async (stage: Stage, troubleSeconds: number, print: Print): Promise<readonly string[]> => {
  const { aws, disturber, recorder, letters } = stage;
  const patience = patienceFor(stage);
  disturber.begin();
  await stage.connect();
  await aws.idle();
  await letters.poison(POISON);
  print('Devices are connected');
  let heal: () => void = () => undefined;
  const healed = new Promise<void>((resolve) => (heal = resolve));
  const work = stage.operate(healed).then(() => quietWithin(troubleSeconds + patience, aws, recorder));
  await within(troubleSeconds, work);
  disturber.heal();
  heal();
  print(`The platform is well again: ${aws.runningExecutions()} workflows are running`);
  return (await within(patience, work))
    ? []
    : [`${aws.runningExecutions()} workflows are running ${patience} s after the trouble`];
};

/** Hands dead letters back until nothing but poison comes back. */
const redriveAll = async (stage: Stage, stop: AbortSignal, print: Print) => {
  const { aws, recorder, letters } = stage;
  const patience = patienceFor(stage);
  let redriven = 0;
  for (let round = 1; round <= MOST_REDRIVES; round += 1) {
    const handedBack = await letters.redrive(stop);
    redriven += handedBack;
    print(`Redrive ${round}: ${handedBack} messages handed back`);
    if (!(await quietWithin(patience, aws, recorder)))
      return { redriven, unfinished: [`something was under way ${patience} s after a redrive`] };
    if (handedBack === 0) break;
  }
  return { redriven, unfinished: [] };
};

/** What is counted as one outcome. */
const outcomesOf = ({ recorder, isDeleted }: Stage): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { jobId, status, error } of recorder.jobExecutions.values()) {
    const outcome = isDeleted(jobId) ? 'DELETED' : status === 'FAILED' ? `FAILED ${error}` : status;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
};

const perform = async (stage: Stage, options: CampaignOptions, print: Print) => {
  const { stop, troubleSeconds } = options;
  const unfinished = await upgradeInTrouble(stage, troubleSeconds, print);
  const redrive = unfinished.length > 0 ? { redriven: 0, unfinished } : await redriveAll(stage, stop, print);
  const letters = await stage.letters.left(stop);
  const world: World = { devices: await stage.collect(), letters, unfinished: redrive.unfinished };
  return {
    injected: stage.disturber.counts(),
    outcomes: outcomesOf(stage),
    workflows: stage.recorder.workflows.size,
    redriven: redrive.redriven,
    poison: letters.filter(({ isPoison }) => isPoison).length,
    violations: violationsOf(world, SLACK_MS),
  };
};

/**
 * Upgrades a fleet of faulty devices on an embedded AWS that misbehaves, then on one that is well again, and checks what must hold
 * in the end.
 * @param print receives progress, one line at a time
 * @throws Error when it is interrupted
 */
export const runCampaign = async (options: CampaignOptions, print: Print): Promise<CampaignResult> => {
  const { seed, devices, stop } = options;
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const timed: Print = (line) => print(`${seconds().toFixed(1).padStart(6)} s  ${line}`);
  const stage = await prepareStage(options, timed);
  try {
    timed(`Stack and ${devices} devices are ready: the platform misbehaves from now on`);
    const performed = perform(stage, options, timed);
    // An interrupted campaign is torn down under its own feet.
    performed.catch(() => undefined);
    const result = await Promise.race([performed, interruption(stop)]);
    return { seed, devices, seconds: seconds(), ...result };
  } finally {
    await stage.close();
  }
};
