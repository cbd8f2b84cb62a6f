import { errorInWords } from '../words/errors';
import { stateInWords } from '../words/states';
import { utc } from '../words/times';
import type { Facts, Reason, Verdict } from './facts';

const version = ({ rollout }: Facts): string => rollout?.document.firmwareVersion ?? 'the new version';

const succeeded: Reason = (facts) => {
  const { thingName, execution } = facts;
  if (execution?.status !== 'SUCCEEDED') return undefined;
  const registry = execution.details['registry'];
  return {
    ...{ kind: 'succeeded', since: execution.lastUpdatedAt },
    sentence: `${thingName} was upgraded to ${version(facts)} at ${utc(execution.lastUpdatedAt)}: it reported the version after its boot.`,
    ...(registry !== undefined && { help: `The registry does not have the version (${registry}): write it there.` }),
  };
};

const RETRY = (jobId: string) => `Then: wme rollout retry-failed ${jobId}.`;

const failed: Reason = ({ thingName, jobId = '', execution }) => {
  if (execution?.status !== 'FAILED') return undefined;
  const { step, error = 'no error is recorded', cause } = execution.details;
  const words = errorInWords(error);
  const at = step === undefined ? '' : ` in the step ${step} (${stateInWords(step).label})`;
  const why = [words?.means ?? error, words ? ` (${error})` : '', cause === undefined ? '' : `: ${cause}`].join('');
  return {
    ...{ kind: 'failed', since: execution.lastUpdatedAt },
    sentence: `The upgrade of ${thingName} failed at ${utc(execution.lastUpdatedAt)}${at}: ${why.replace(/\.$/, '')}.`,
    help: `${words?.help ?? 'Fix the cause.'} ${RETRY(jobId)}`,
  };
};

const CAUSES: Readonly<Record<string, (facts: Facts) => Pick<Verdict, 'sentence' | 'help'>>> = {
  CANCELED: ({ thingName, jobId = '', rollout }) => {
    const by = [rollout?.reasonCode, rollout?.comment].filter((text) => text !== undefined && text !== '').join(': ');
    return {
      sentence: `The upgrade of ${thingName} was cancelled with roll-out ${jobId}${by === '' ? '' : ` (${by})`}.`,
      help: rollout?.configs.abort
        ? 'The roll-out has abort criteria: too many failures cancel it. wme rollout show groups the failures.'
        : 'Create a new roll-out for the device if it is to be upgraded.',
    };
  },
  TIMED_OUT: ({ thingName, jobId = '', rollout }) => ({
    sentence: `The upgrade of ${thingName} took longer than the ${rollout?.configs.timeout?.inProgressTimeoutInMinutes ?? '?'} minutes of roll-out ${jobId}.`,
    help: `Give the roll-out a longer time-out, or retry. ${RETRY(jobId)}`,
  }),
  REJECTED: ({ thingName, jobId = '' }) => ({
    sentence: `${thingName} rejected the job execution itself: no workflow of this stack does that.`,
    help: `Find the program on the device that answers jobs. ${RETRY(jobId)}`,
  }),
  REMOVED: ({ thingName, jobId = '' }) => ({
    sentence: `The upgrade of ${thingName} was removed: the thing left the group of the continuous roll-out ${jobId}, or was deleted.`,
    help: 'Nothing to do, unless it should have stayed in the group.',
  }),
};

const stopped: Reason = (facts) => {
  const { execution } = facts;
  const cause = execution && CAUSES[execution.status]?.(facts);
  return execution && cause && { kind: 'stopped', since: execution.lastUpdatedAt, ...cause };
};

/** How a job execution ended. */
export const AFTER_THE_END: readonly Reason[] = [succeeded, failed, stopped];
