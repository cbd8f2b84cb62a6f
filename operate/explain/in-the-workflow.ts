import { isOfAttempt } from '../devices/records';
import { isPending } from '../words/statuses';
import { commandInWords } from '../words/commands';
import { stateInWords } from '../words/states';
import { span, utc } from '../words/times';
import { type Facts, operationIdOf, type Reason } from './facts';

const isGoingOn = ({ execution }: Facts): boolean => execution !== undefined && isPending(execution.status);

/** The workflow is over, and its job execution does not know. */
const notReported: Reason = (facts) => {
  const { thingName, workflow, deadLetters = [] } = facts;
  if (!isGoingOn(facts) || !workflow || workflow.status === 'RUNNING') return undefined;
  const since = workflow.stoppedAt ?? workflow.startedAt;
  const letter = deadLetters.find(({ subject }) => /FIRMWARE_UPGRADE_|Step Functions Execution/.test(subject));
  const outcome = [workflow.status, workflow.error, workflow.cause].filter(Boolean).join(': ');
  return {
    ...{ kind: 'stuck', since },
    sentence: `The workflow of ${thingName} has ended (${outcome}), and its job execution has not been told for ${span(facts.now - since)}.`,
    help: letter
      ? `The message is a dead letter (${letter.cause}): fix the cause, then wme redrive --queue dead-letters --apply.`
      : 'If it stays so for a minute: wme redrive --queue dead-letters shows what JobsUpdateStatus could not handle.',
  };
};

const forgotten: Reason = (facts) => {
  const { thingName, claim, workflow } = facts;
  if (!isGoingOn(facts) || !claim || workflow) return undefined;
  return {
    ...{ kind: 'stuck', since: claim.startedAt },
    sentence: `The workflow that owns the attempt of ${thingName} does not exist in Step Functions any more.`,
    help: 'Its state machine was replaced, or it ended 90 days ago. Cancel with wme rollout cancel --force, and retry.',
  };
};

const untilWords = ({ workflow, now }: Facts): string => {
  const until = workflow?.waitsUntil;
  if (until === undefined) return '';
  return until > now ? `, until ${utc(until)} at the latest (${span(until - now)})` : ', and its time limit is over';
};

/** The command that the state is about, the latest if it was repeated. */
const commandOf = (facts: Facts) => {
  const operationId = operationIdOf(facts);
  if (operationId === undefined) return undefined;
  const command = facts.workflow?.current?.state === 'ActivateFirmware' ? 'activate' : 'download';
  return facts.records.commands
    .filter((known) => known.command === command && isOfAttempt(known, operationId))
    .toSorted((a, b) => b.askedAt - a.askedAt)[0];
};

const BUSY = /^DEVICE_BUSY$/;
const ASKED_AGAIN = /^(DEVICE_BUSY|NOT_INTRODUCED)$/;

/** What the state leaves open: why it takes so long. */
const becauseWords = (facts: Facts): string => {
  const { thing, workflow } = facts;
  const { state } = workflow?.current ?? {};
  const failure = workflow?.lastFailure;
  if (failure && ASKED_AGAIN.test(failure.error))
    return BUSY.test(failure.error)
      ? ': the device is busy with another command, and is asked again'
      : ': the device has not introduced itself yet, and is asked again';
  if (state === 'WaitForDeviceConnected') return thing?.connectivity?.isConnected ? ', which is connected by now' : '';
  if (thing?.connectivity?.isConnected === false && state !== 'WaitForActivationWindow')
    return ': the device is offline';
  return '';
};

/** One of this attempt: an older one may be of an earlier upgrade. */
const letterHelp = ({ deadLetters = [], workflow }: Facts): string | undefined => {
  const letter = deadLetters.find(({ sentAt }) => sentAt >= (workflow?.startedAt ?? 0));
  return (
    letter &&
    `A message about the device is in ${letter.queue} (${letter.subject}: ${letter.cause}): fix the cause, then wme redrive --queue ${letter.queue} --apply.`
  );
};

const running: Reason = (facts) => {
  const { thingName, workflow, thing, now } = facts;
  if (!isGoingOn(facts) || !workflow?.current) return undefined;
  const { state, enteredAt } = workflow.current;
  const { doing, help } = stateInWords(state);
  const command = commandOf(facts);
  const asked =
    (state === 'StartDownload' || state === 'ActivateFirmware') && command ? ` ${commandInWords(command)}.` : '';
  const sentence = `The upgrade of ${thingName} ${doing}${becauseWords(facts)}, since ${utc(enteredAt)} (${span(now - enteredAt)})${untilWords(facts)}.${asked}`;
  const isLate = workflow.waitsUntil !== undefined && workflow.waitsUntil < now;
  const offline =
    thing?.connectivity?.isConnected === false ? 'The device is offline: check its power and network.' : undefined;
  const letter = letterHelp(facts);
  const chosen = letter ?? (state === 'WaitForDeviceConnected' ? help : (offline ?? help));
  return {
    ...{ kind: letter || isLate ? 'stuck' : 'waiting', sentence, since: enteredAt },
    ...(workflow.waitsUntil !== undefined && { until: workflow.waitsUntil }),
    ...(chosen !== undefined && { help: chosen }),
  };
};

const begun: Reason = (facts) => {
  if (!isGoingOn(facts) || !facts.workflow) return undefined;
  const { startedAt } = facts.workflow;
  return { kind: 'working', since: startedAt, sentence: `The workflow of ${facts.thingName} has just begun.` };
};

/** What a running workflow waits for. */
export const IN_THE_WORKFLOW: readonly Reason[] = [notReported, forgotten, running, begun];
