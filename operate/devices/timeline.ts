import type { HistoryEvent } from '@aws-sdk/client-sfn';
import * as v from 'valibot';
import type { CurrentCommand, Device } from '../../functions/device-management/devices';
import { WAITS } from '../../functions/workflow/upgrade-status/inbox';
import { isPending } from '../words/statuses';
import type { JobExecution } from '../rollouts/job-execution';
import { requestInWords } from '../words/commands';
import { historyEventInWords, historyEventName } from '../words/history-events';
import { messageInWords } from '../words/messages';
import { type InboxRecord, isOfAttempt } from './records';

/** Who says it: IoT Jobs, the state machine, the device by a message, the controller's command to it. */
export type TimelineSource = 'job' | 'workflow' | 'device' | 'command';

export interface TimelineEntry {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly source: TimelineSource;
  /** A sentence for people. */
  readonly words: string;
  /** Name in the technical source: a state, a message, a status. */
  readonly name: string;
}

const jobEntries = (execution: JobExecution | undefined): readonly TimelineEntry[] => {
  if (!execution) return [];
  const { queuedAt, startedAt, lastUpdatedAt, status } = execution;
  const entry = (at: number, name: string, words: string): TimelineEntry => ({ at, source: 'job', name, words });
  return [
    entry(queuedAt, 'QUEUED', 'The roll-out reaches the device'),
    ...(startedAt === undefined ? [] : [entry(startedAt, 'IN_PROGRESS', 'The job execution is in progress')]),
    ...(isPending(status) ? [] : [entry(lastUpdatedAt, status, `The job execution is over: ${status}`)]),
  ];
};

const workflowEntries = (events: readonly HistoryEvent[]): readonly TimelineEntry[] =>
  events.flatMap((event) => {
    const words = historyEventInWords(event);
    const at = event.timestamp?.getTime() ?? 0;
    return words === undefined ? [] : [{ at, source: 'workflow' as const, words, name: historyEventName(event) }];
  });

const inboxEntries = (records: readonly InboxRecord[]): readonly TimelineEntry[] =>
  records.flatMap(({ events }) =>
    Object.entries(events).map(([wait, event]) => ({
      ...{ at: event.recordedAt, source: 'device' as const, name: event.failed ?? wait },
      words: messageInWords(event.failed ?? wait, event),
    })),
  );

const reportSchema = v.object({
  event: v.picklist(WAITS),
  status: v.optional(v.string()),
  newFirmwareVersion: v.optional(v.string()),
});

/** What ended a task of the workflow: a report of the device that is in no record, because only that task waited for it. */
const unrecordedEntries = (
  events: readonly HistoryEvent[],
  records: readonly InboxRecord[],
): readonly TimelineEntry[] =>
  events.flatMap(({ type, timestamp, taskSucceededEventDetails: details }) => {
    if (type !== 'TaskSucceeded' || details?.output === undefined) return [];
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), reportSchema), details.output);
    if (!parsed.success) return [];
    const { event: name, newFirmwareVersion: firmwareVersion } = parsed.output;
    if (records.some((record) => record.events[name])) return [];
    const words = messageInWords(name, { firmwareVersion });
    return [{ at: timestamp?.getTime() ?? 0, source: 'device' as const, name, words }];
  });

const commandEntries = (commands: readonly CurrentCommand[]): readonly TimelineEntry[] =>
  commands.map((command) => ({
    ...{ at: command.askedAt, source: 'command' as const, name: command.requestId },
    words: requestInWords(command),
  }));

const bootEntries = ({ current }: Device, operationId: string): readonly TimelineEntry[] => {
  if (!current?.boot || !isOfAttempt(current, operationId)) return [];
  const { receivedAt, firmwareVersion } = current.boot;
  const words = `${messageInWords('DEVICE_REBOOTED', { firmwareVersion })}; it is not taken as the outcome yet`;
  return [{ at: receivedAt, source: 'device', name: 'Boot!', words }];
};

/** One attempt in the order in which it happened. Sources with the same time: in the order job, command, device, workflow. */
export const timelineOf = (facts: {
  readonly operationId: string;
  readonly execution?: JobExecution | undefined;
  readonly events: readonly HistoryEvent[];
  readonly inbox: readonly InboxRecord[];
  readonly commands: readonly CurrentCommand[];
  readonly device: Device;
}): readonly TimelineEntry[] => {
  const { operationId, execution, events, inbox, commands, device } = facts;
  const isOfIt = (record: { readonly operationId: string }) => isOfAttempt(record, operationId);
  return [
    ...jobEntries(execution),
    ...commandEntries(commands.filter(isOfIt)),
    ...inboxEntries(inbox.filter(isOfIt)),
    ...unrecordedEntries(events, inbox.filter(isOfIt)),
    ...bootEntries(device, operationId),
    ...workflowEntries(events),
  ].toSorted((a, b) => a.at - b.at);
};
