import * as v from 'valibot';
import type { Log } from '../../shared/log';
import type { MessageOf } from '../../shared/messages';
import type { Tasks } from '../tasks';
import type { Inbox, InboxEvent, InboxKey } from './inbox';

type StatusMessage = MessageOf<
  'FIRMWARE_TRANSFERRED' | 'DOWNLOAD_OPERATION_DONE' | 'DEVICE_REBOOTED' | 'ACTIVATION_FAILED'
>;

export interface UpgradeStatusDeps {
  readonly inbox: Inbox;
  readonly tasks: Tasks;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

/** Events of operations that nobody waits for any more are forgotten after 90 days, as the tokens are. */
const KEEP_SECONDS = 90 * 86_400;

const eventOf = (message: StatusMessage): InboxEvent => {
  switch (message.name) {
    case 'DEVICE_REBOOTED':
      return {
        status: message.status,
        ...(message.firmwareVersion !== undefined && { firmwareVersion: message.firmwareVersion }),
      };
    case 'ACTIVATION_FAILED':
      return {
        status: 'FAIL',
        failed: message.name,
        faultCode: message.faultCode ?? '',
        faultString: message.faultString ?? '',
      };
    default:
      return { status: message.status, faultCode: message.faultCode ?? '', faultString: message.faultString ?? '' };
  }
};

/** Which wait an event ends: a failed activation is told to the one that waits for its boot. */
const keyOf = (message: StatusMessage): InboxKey => ({
  operationId: message.operationId,
  thingName: message.thingName,
  notificationKey: message.name === 'ACTIVATION_FAILED' ? 'DEVICE_REBOOTED' : message.name,
});

/**
 * Settles the task that waits for an event. After a boot the version decides, and the state machine compares it: a boot
 * always succeeds here. A failure fails its task with `<message>.<fault code>`.
 */
const settle = (tasks: Tasks, token: string, name: string, event: InboxEvent, log: Log): Promise<void> => {
  const { status = '', firmwareVersion, failed = name, faultCode = '', faultString = '' } = event;
  if (status === 'SUCCESS' || failed === 'DEVICE_REBOOTED')
    return tasks.succeed(
      token,
      { status, event: name, token, ...(firmwareVersion !== undefined && { newFirmwareVersion: firmwareVersion }) },
      log,
    );
  const error = faultCode === '' ? failed : `${failed}.${faultCode}`;
  const cause = [faultCode, faultString].filter(Boolean).join(': ') || `${failed} has status ${status}`;
  return tasks.fail(token, error, cause, log);
};

/** Records a device event in the inbox and settles the task that waits for it, if one does already. */
export const upgradeStatus =
  ({ inbox, tasks, now }: UpgradeStatusDeps) =>
  async (message: StatusMessage, log: Log): Promise<void> => {
    const key = keyOf(message);
    const { event, taskToken } = await inbox.record(key, eventOf(message), now() + KEEP_SECONDS);
    log.info(`${message.name} ${eventOf(message)['status'] ?? ''}`, { waiting: taskToken !== undefined });
    if (taskToken !== undefined) await settle(tasks, taskToken, key.notificationKey, event, log);
  };

const replaySchema = v.object({
  replay: v.object({
    operationId: v.string(),
    thingName: v.string(),
    name: v.picklist(['FIRMWARE_TRANSFERRED', 'DOWNLOAD_OPERATION_DONE', 'DEVICE_REBOOTED']),
    token: v.string(),
    executionArn: v.string(),
  }),
});

/** Whether the state machine asks, with its token, for an event that came before the token. */
export const isReplay = (event: unknown): boolean => v.is(replaySchema, event);

/** Settles the state machine's token with the recorded event. @throws Error when there is none */
export const replayEvent =
  ({ inbox, tasks }: Pick<UpgradeStatusDeps, 'inbox' | 'tasks'>, log: Log) =>
  async (input: unknown): Promise<void> => {
    const { operationId, thingName, name, token, executionArn } = v.parse(replaySchema, input).replay;
    const event = await inbox.read({ operationId, thingName, notificationKey: name });
    if (event === undefined) throw new Error(`No ${name} of ${thingName} is recorded for ${operationId}.`);
    const itsLog = log.with({ jobId: operationId, thingName, executionArn });
    itsLog.info(`${name} came before its token`);
    await settle(tasks, token, name, event, itsLog);
  };
