import * as v from 'valibot';
import type { Log } from '../../shared/log';
import type { MessageOf } from '../../shared/messages';
import type { Tasks } from '../tasks';
import { type Inbox, type InboxEvent, type InboxItem, WAITS, type Wait } from './inbox';

type StatusMessage = MessageOf<
  'FIRMWARE_TRANSFERRED' | 'DOWNLOAD_OPERATION_DONE' | 'DEVICE_REBOOTED' | 'ACTIVATION_FAILED'
>;

export interface UpgradeStatusDeps {
  readonly inbox: Inbox;
  readonly tasks: Tasks;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Tokens and events are deleted after 90 days. */
const KEEP_MS = 90 * 86_400_000;
const expiryAt = (now: number) => Math.floor((now + KEEP_MS) / 1000);

/**
 * The events that end a wait, the one that counts first. A boot ends them all: whatever the device did not report before, it
 * will not report any more. The end of the operation includes the end of the transfer.
 */
const ENDED_BY: Readonly<Record<Wait, readonly Wait[]>> = {
  FIRMWARE_TRANSFERRED: ['DEVICE_REBOOTED', 'FIRMWARE_TRANSFERRED', 'DOWNLOAD_OPERATION_DONE'],
  DOWNLOAD_OPERATION_DONE: ['DEVICE_REBOOTED', 'DOWNLOAD_OPERATION_DONE'],
  DEVICE_REBOOTED: ['DEVICE_REBOOTED'],
};

/** Names of the recorded events that end a wait. The failure of an operation ends the wait for that operation only. */
const endsOf = (wait: Wait, { events }: InboxItem): readonly Wait[] =>
  ENDED_BY[wait].filter((name) => {
    const event = events[name];
    return event && (name === wait || name === 'DEVICE_REBOOTED' || event.status === 'SUCCESS');
  });

/**
 * The event that settles a wait: the earliest of those that end it, so that a task is settled once. Delivered again, that
 * event settles the task again, because its function may have died before it did.
 */
const settledBy = (wait: Wait, item: InboxItem): Wait | undefined =>
  endsOf(wait, item).toSorted((a, b) => (item.events[a]?.recordedAt ?? 0) - (item.events[b]?.recordedAt ?? 0))[0];

/** Which wait an event is recorded for: a failed activation ends the wait for its boot. */
const waitOf = ({ name }: StatusMessage): Wait => (name === 'ACTIVATION_FAILED' ? 'DEVICE_REBOOTED' : name);

const eventOf = (message: StatusMessage, recordedAt: number): InboxEvent => {
  switch (message.name) {
    case 'DEVICE_REBOOTED': {
      const { status, firmwareVersion } = message;
      return { status, recordedAt, ...(firmwareVersion !== undefined && { firmwareVersion }) };
    }
    case 'ACTIVATION_FAILED':
      return { status: 'FAIL', recordedAt, failed: message.name, ...faultOf(message) };
    default:
      return { status: message.status, recordedAt, ...faultOf(message) };
  }
};

const faultOf = ({
  faultCode = '',
  faultString = '',
}: {
  faultCode?: string | undefined;
  faultString?: string | undefined;
}) => ({
  faultCode,
  faultString,
});

/**
 * Settles a task with an event. A boot always succeeds here: the state machine compares the version. A failure fails the
 * task with the error `<message>.<fault code>`.
 */
const settle = (tasks: Tasks, token: string, name: Wait, event: InboxEvent, log: Log): Promise<void> => {
  const { status, firmwareVersion, failed = name, faultCode = '', faultString = '' } = event;
  if (status === 'SUCCESS' || failed === 'DEVICE_REBOOTED') {
    const version: Readonly<Record<string, string>> =
      firmwareVersion === undefined ? {} : { newFirmwareVersion: firmwareVersion };
    return tasks.succeed(token, { status, event: name, token, ...version }, log);
  }
  const error = faultCode === '' ? failed : `${failed}.${faultCode}`;
  const cause = [faultCode, faultString].filter(Boolean).join(': ') || `${failed} has status ${status}`;
  return tasks.fail(token, error, cause, log);
};

/** Records a device event and settles the tasks whose wait it ends. */
export const upgradeStatus =
  ({ inbox, tasks, now }: UpgradeStatusDeps) =>
  async (message: StatusMessage, log: Log): Promise<void> => {
    const name = waitOf(message);
    const recorded = await inbox.record(message, name, eventOf(message, now()), expiryAt(now()));
    const event = recorded.events[name];
    const ended = WAITS.filter((wait) => recorded.tokens[wait] !== undefined && settledBy(wait, recorded) === name);
    log.info(`${message.name} recorded`, { status: event?.status, endedWaits: ended });
    for (const wait of ended) {
      const token = recorded.tokens[wait];
      if (token !== undefined && event) await settle(tasks, token, name, event, log);
    }
  };

const waitSchema = v.object({
  wait: v.object({
    name: v.picklist(WAITS),
    operationId: v.string(),
    thingName: v.string(),
    token: v.string(),
    executionArn: v.string(),
  }),
});

/** Whether the state machine invokes the function, to wait; otherwise the topic does, with events. */
export const isWait = (event: unknown): boolean => typeof event === 'object' && event !== null && 'wait' in event;

/** The name by which the state machine knows that it should try to register again. */
export const WAIT_NOT_REGISTERED = 'WaitNotRegistered';

/**
 * Registers a task that waits, and settles it at once when an event that ends the wait is recorded.
 * @throws Error WaitNotRegistered, whatever the reason: the state machine retries on this one name
 */
export const startWait =
  ({ inbox, tasks, now }: UpgradeStatusDeps, log: Log) =>
  async (input: unknown): Promise<void> => {
    try {
      const { name: wait, operationId, thingName, token, executionArn } = v.parse(waitSchema, input).wait;
      const itsLog = log.with({ operationId, thingName, executionArn });
      const registered = await inbox.register({ operationId, thingName }, wait, token, expiryAt(now()));
      const [name] = endsOf(wait, registered);
      itsLog.info(`Waits for ${wait}`, { endedBy: name });
      const event = name && registered.events[name];
      if (event) await settle(tasks, token, name, event, itsLog);
    } catch (error) {
      log.error('The wait was not registered', { error });
      const { message } = error instanceof Error ? error : new Error(String(error));
      throw Object.assign(new Error(message, { cause: error }), { name: WAIT_NOT_REGISTERED });
    }
  };
