import { isDownloadOver } from '../../functions/workflow/upgrade-status/ends';
import { type InboxRecord, isOfAttempt } from '../devices/records';
import { commandInWords } from '../words/commands';
import { messageInWords } from '../words/messages';
import { utcAndAgo } from '../words/times';
import { type Evidence, type Facts, operationIdOf } from './facts';

const line = (label: string, ...parts: readonly (string | undefined)[]): Evidence => ({
  label,
  text: parts.filter((part) => part !== undefined && part !== '').join(', '),
});

const connection = ({ thing, now }: Facts): readonly Evidence[] => {
  if (!thing) return [line('Thing', 'not in the registry')];
  const { connectivity } = thing;
  if (!connectivity) return [line('Connection', 'not known: thing connectivity is not indexed')];
  const { isConnected, since, disconnectReason } = connectivity;
  const sinceWords = since === undefined ? (isConnected ? '' : 'never seen') : `since ${utcAndAgo(since, now)}`;
  return [line('Connection', isConnected ? 'connected' : 'offline', sinceWords, isConnected ? '' : disconnectReason)];
};

const versions = ({ thing, records: { device }, rollout, now }: Facts): readonly Evidence[] => {
  const reported = device.facts['firmwareVersion'];
  const learntAt = device.learntAt['firmwareVersion'];
  return [
    line(
      'Versions',
      `registry ${thing?.attributes['firmwareVersion'] ?? 'none'}`,
      `last reported ${reported ?? 'none'}${reported !== undefined && learntAt !== undefined ? ` ${utcAndAgo(learntAt, now)}` : ''}`,
      rollout?.document.firmwareVersion === undefined ? '' : `target ${rollout.document.firmwareVersion}`,
    ),
  ];
};

const jobLines = ({ rollout, execution, now }: Facts): readonly Evidence[] => [
  ...(rollout ? [line('Roll-out', rollout.status, `created ${utcAndAgo(rollout.createdAt, now)}`)] : []),
  ...(execution
    ? [
        line(
          'Job execution',
          execution.status,
          `attempt ${execution.executionNumber}`,
          `updated ${utcAndAgo(execution.lastUpdatedAt, now)}`,
          ...Object.entries(execution.details).map(([name, text]) => `${name} ${text}`),
        ),
      ]
    : [line('Job execution', 'none')]),
];

const workflowLines = ({ claim, workflow, now }: Facts): readonly Evidence[] => {
  if (!claim) return [line('Workflow', 'none')];
  if (!workflow) return [line('Workflow', `${claim.executionArn} does not exist any more`)];
  const { status, current, error, lastFailure } = workflow;
  return [
    line(
      'Workflow',
      status,
      current && `state ${[current.state, ...current.within].join(' / ')} since ${utcAndAgo(current.enteredAt, now)}`,
      error && `error ${error}`,
      lastFailure && `tried again after ${lastFailure.error} ${utcAndAgo(lastFailure.at, now)}`,
    ),
    line('Execution', claim.executionArn),
  ];
};

/** The waits that are open: a success that only one task waited for is not recorded, so what follows it shows that it came. */
const openWaits = (record: InboxRecord): readonly string[] => {
  const { tokens, events } = record;
  const waits = isDownloadOver(record) ? ['DEVICE_REBOOTED'] : Object.keys(tokens);
  return waits.filter((wait) => !Object.hasOwn(events, wait));
};

const inboxLines = (facts: Facts): readonly Evidence[] => {
  const { records, now, workflow } = facts;
  const operationId = operationIdOf(facts);
  return records.inbox
    .filter((record) => operationId !== undefined && isOfAttempt(record, operationId))
    .flatMap((record) => {
      const { events } = record;
      const open = workflow && workflow.status !== 'RUNNING' ? [] : openWaits(record);
      return [
        ...(open.length > 0 ? [line('Registered waits', ...open)] : []),
        ...Object.entries(events)
          .toSorted(([, a], [, b]) => a.recordedAt - b.recordedAt)
          .map(([wait, event]) =>
            line('Reported', `${messageInWords(event.failed ?? wait, event)} ${utcAndAgo(event.recordedAt, now)}`),
          ),
      ];
    });
};

const deviceLines = (facts: Facts): readonly Evidence[] => {
  const { records, now } = facts;
  const operationId = operationIdOf(facts);
  const awaited = operationId === undefined ? undefined : records.device.awaited?.[operationId];
  const [[lastFact, last] = ['', 0]] = Object.entries(records.device.learntAt).toSorted(([, a], [, b]) => b - a);
  return [
    ...records.commands
      .filter((command) => operationId !== undefined && isOfAttempt(command, operationId))
      .map((command) => line('Command', `${commandInWords(command)} (${command.requestId})`)),
    ...(awaited ? [line('Awaited', `its connection, until ${utcAndAgo(awaited.until, now)}`)] : []),
    ...(last > 0 ? [line('Last message', `told ${lastFact} ${utcAndAgo(last, now)}`)] : []),
  ];
};

const letterLines = ({ deadLetters, now }: Facts): readonly Evidence[] => {
  if (!deadLetters) return [];
  if (deadLetters.length === 0) return [line('Dead letters', 'none about this device')];
  return deadLetters.map(({ queue, subject, cause, sentAt }) =>
    line('Dead letter', `${queue}: ${subject}`, cause, utcAndAgo(sentAt, now)),
  );
};

/** What an explanation rests on. */
export const evidenceOf = (facts: Facts): readonly Evidence[] => [
  ...connection(facts),
  ...versions(facts),
  ...jobLines(facts),
  ...workflowLines(facts),
  ...inboxLines(facts),
  ...deviceLines(facts),
  ...letterLines(facts),
];
