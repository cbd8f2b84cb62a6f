import * as v from 'valibot';
import type { Log } from '../../shared/log';
import type { LatencyMetric } from '../../shared/metrics';
import type { Tasks } from '../tasks';
import { endsOf, followingBoot, isDownloadOver, isOnlyAwaited, settledBy, type StatusMessage } from './ends';
import { type Inbox, type InboxEvent, type InboxItem, WAITS, type Wait } from './inbox';

export interface UpgradeStatusDeps {
  readonly inbox: Inbox;
  readonly tasks: Tasks;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

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
    default: {
      const { status, receivedAt } = message;
      return { status, recordedAt, ...(receivedAt !== undefined && { receivedAt }), ...faultOf(message) };
    }
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
const settle = (tasks: Tasks, token: string, name: Wait, event: InboxEvent, log: Log): Promise<boolean> => {
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

const SECONDS: Readonly<Record<Wait, LatencyMetric>> = {
  FIRMWARE_TRANSFERRED: 'TransferSeconds',
  DOWNLOAD_OPERATION_DONE: 'OperationSeconds',
  DEVICE_REBOOTED: 'RebootSeconds',
};

const logRecorded = (name: Wait, { events, waitingSince }: InboxItem, endedWaits: readonly Wait[], log: Log): void => {
  const event = events[name];
  const fields = { status: event?.status, endedWaits };
  const what = `${name} is reported`;
  if (!event || waitingSince === undefined) return log.info(what, fields);
  log.measure({ [SECONDS[name]]: ((event.receivedAt ?? event.recordedAt) - waitingSince) / 1000 }, what, fields);
};

/** Settles the tasks whose wait an event ends. */
const settleWaits = async ({ tasks }: UpgradeStatusDeps, name: Wait, item: InboxItem, log: Log): Promise<void> => {
  const event = item.events[name];
  const open = name === 'DEVICE_REBOOTED' && isDownloadOver(item) ? (['DEVICE_REBOOTED'] as const) : WAITS;
  const ended = open.filter((wait) => item.tokens[wait] !== undefined && settledBy(wait, item) === name);
  logRecorded(name, item, ended, log);
  for (const wait of ended) {
    const token = item.tokens[wait];
    if (token !== undefined && event) await settle(tasks, token, name, event, log);
  }
};

/** Settles the one task that waits for an event, without a record of it. @returns whether it waited */
const settleUnrecorded = async (
  { inbox, tasks }: UpgradeStatusDeps,
  message: StatusMessage,
  event: InboxEvent,
  log: Log,
): Promise<boolean> => {
  // Other events are recorded in any case.
  if (message.name !== 'DOWNLOAD_OPERATION_DONE' && message.name !== 'DEVICE_REBOOTED') return false;
  if (message.status !== 'SUCCESS') return false;
  const { name } = message;
  const item = await inbox.read(message);
  const token = item.tokens[name];
  if (token === undefined || !isOnlyAwaited(message, item)) return false;
  logRecorded(name, { ...item, events: { ...item.events, [name]: event } }, [name], log);
  return settle(tasks, token, name, event, log);
};

/** Records a device event and settles the tasks whose wait it ends. */
export const upgradeStatus =
  (deps: UpgradeStatusDeps) =>
  async (message: StatusMessage, log: Log): Promise<void> => {
    const { inbox, now } = deps;
    const name = waitOf(message);
    const event = eventOf(message, now());
    let item: InboxItem;
    if (message.name === 'DEVICE_REBOOTED' && message.ifDownloadedBy !== undefined) {
      item = await inbox.recordBoot(message, { ifDownloadedBy: message.ifDownloadedBy, event });
      log.info('A boot of the operation, if the firmware was on the device by then: recorded');
    } else {
      if (await settleUnrecorded(deps, message, event, log)) return;
      item = await inbox.record(message, name, event);
      await settleWaits(deps, name, item, log);
    }
    const boot = followingBoot(item);
    if (!boot) return;
    const settled = await inbox.record(message, 'DEVICE_REBOOTED', { ...boot, recordedAt: now() });
    await settleWaits(deps, 'DEVICE_REBOOTED', settled, log);
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
      const registered = await inbox.register({ operationId, thingName }, wait, token, now());
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
