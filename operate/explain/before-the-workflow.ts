import { isPending } from '../words/statuses';
import { span, utc } from '../words/times';
import type { Facts, Reason, Verdict } from './facts';

const TERMINAL_JOBS = new Set(['COMPLETED', 'CANCELED', 'DELETION_IN_PROGRESS']);

const noRollout: Reason = ({ thingName, thing, jobId }) => {
  if (jobId !== undefined) return undefined;
  return thing
    ? { kind: 'none', sentence: `No roll-out of this stack concerns ${thingName}.` }
    : {
        ...{ kind: 'none', sentence: `The registry has no thing ${thingName}, and no roll-out concerned it.` },
        help: 'Check the name: wme device list finds things by the beginning of their names.',
      };
};

const unknownRollout: Reason = ({ jobId = '', rollout, execution }) =>
  rollout || execution
    ? undefined
    : {
        ...{ kind: 'none', sentence: `There is no roll-out ${jobId} of this stack, or it is deleted.` },
        help: 'wme rollout list shows the roll-outs.',
      };

const rateOf = ({ rollout }: Facts): string => {
  const { maximumPerMinute, exponentialRate } = rollout?.configs.rollout ?? {};
  if (exponentialRate) return `, which begins with ${exponentialRate.baseRatePerMinute ?? 0} devices per minute`;
  return maximumPerMinute === undefined ? '' : ` of ${maximumPerMinute} devices per minute`;
};

/** IoT Jobs takes and gives start times without a zone, in UTC. */
const hasZone = (time: string): boolean => /(Z|[+-]\d\d:?\d\d)$/.test(time);

/** The roll-out has given the device nothing. */
const notReached: Reason = (facts) => {
  const { thingName, jobId = '', rollout, execution, now } = facts;
  if (execution || !rollout) return undefined;
  const targets = `Its targets: ${rollout.targets.join(', ')}.`;
  if (rollout.status === 'SCHEDULED') {
    const { startTime = '' } = rollout.configs.schedule ?? {};
    const start = Date.parse(hasZone(startTime) ? startTime : `${startTime}Z`);
    return {
      ...{ kind: 'waiting', since: rollout.createdAt, ...(!Number.isNaN(start) && { until: start }) },
      sentence: `Roll-out ${jobId} has not begun: it is scheduled for ${Number.isNaN(start) ? 'later' : utc(start)}.`,
      help: 'Nothing is wrong. To begin at once, cancel it and create one without schedule.',
    };
  }
  if (TERMINAL_JOBS.has(rollout.status))
    return {
      ...{ kind: 'none', sentence: `Roll-out ${jobId} is ${rollout.status} and gave ${thingName} nothing.` },
      help: `The device was not a target, or was not reached before the end. ${targets}`,
    };
  const [window] = rollout.nextWindows;
  if (window !== undefined && Date.parse(window) > now)
    return {
      ...{ kind: 'waiting', since: rollout.createdAt, until: Date.parse(window) },
      sentence: `Roll-out ${jobId} reaches devices in its maintenance windows only: the next one opens ${utc(Date.parse(window))}, in ${span(Date.parse(window) - now)}.`,
      help: 'Nothing is wrong: IoT Jobs gives the job to the device when the window is open.',
    };
  if (rollout.isRollingOut)
    return {
      ...{ kind: 'waiting', since: rollout.createdAt },
      sentence: `Roll-out ${jobId} has not reached ${thingName} yet: it is queued behind the rate of the roll-out${rateOf(facts)}.`,
      help: `Nothing is wrong if the device is a target. ${targets}`,
    };
  return {
    ...{ kind: 'none', sentence: `Roll-out ${jobId} does not concern ${thingName}: it has reached all its devices.` },
    help: `The device is not a target, or IoT Jobs has deleted its job execution. ${targets}`,
  };
};

const stuckLetter = ({ deadLetters = [] }: Facts) =>
  deadLetters.find(({ queue, subject }) => queue === 'rule-errors' && subject.endsWith('/jobs/notify-next'));

/** How long IoT Jobs and the rule may take until a workflow has begun. */
const USUAL_MS = 30_000;

/** The device has the job, and no workflow has begun. */
const notBegun: Reason = (facts) => {
  const { thingName, jobId = '', execution, claim, pending, now } = facts;
  if (!execution || claim || !isPending(execution.status)) return undefined;
  const since = execution.queuedAt;
  const waiting = (sentence: string, help: string): Verdict => ({ kind: 'waiting', sentence, since, help });
  if (execution.status === 'IN_PROGRESS')
    return {
      ...{
        kind: 'stuck',
        since,
        sentence: `The job execution of ${thingName} is in progress, and no workflow owns it.`,
      },
      help: 'Somebody else reports its progress, or the records are expired. Cancel it: wme rollout cancel --force.',
    };
  const first = pending.find(
    (other) => other.jobId !== jobId && (other.status === 'IN_PROGRESS' || other.queuedAt < since),
  );
  if (first)
    return waiting(
      `Another job of ${thingName} is first: ${first.jobId} is ${first.status}, and a device gets one job at a time.`,
      `wme explain --thing ${thingName} --job ${first.jobId} says what that one waits for.`,
    );
  const letter = stuckLetter(facts);
  if (letter)
    return {
      ...{ kind: 'stuck', since, sentence: `The workflow of ${thingName} could not be started: ${letter.cause}.` },
      help: 'Fix the cause, then: wme redrive --queue rule-errors --apply.',
    };
  if (now - since < USUAL_MS)
    return waiting(`The workflow of ${thingName} is about to begin.`, 'Look again in a minute.');
  const [window] = facts.rollout?.nextWindows ?? [];
  if (window !== undefined && Date.parse(window) > now)
    return {
      ...waiting(`The job waits for its next maintenance window, ${utc(Date.parse(window))}.`, 'Nothing is wrong.'),
      until: Date.parse(window),
    };
  return {
    ...{ kind: 'stuck', since },
    sentence: `IoT Jobs has queued the job for ${thingName} ${span(now - since)} ago, and no workflow has begun.`,
    help: 'Check the rule StartStateMachine and its errors: wme redrive --queue rule-errors.',
  };
};

/** Why a workflow has not begun, in the order in which it is asked. */
export const BEFORE_THE_WORKFLOW: readonly Reason[] = [noRollout, unknownRollout, notReached, notBegun];
