import type { MessageOf } from '../../shared/messages';
import type { InboxEvent, InboxItem, Wait } from './inbox';

export type StatusMessage = MessageOf<
  'FIRMWARE_TRANSFERRED' | 'DOWNLOAD_OPERATION_DONE' | 'DEVICE_REBOOTED' | 'ACTIVATION_FAILED'
>;

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
export const endsOf = (wait: Wait, { events }: InboxItem): readonly Wait[] =>
  ENDED_BY[wait].filter((name) => {
    const event = events[name];
    return event && (name === wait || name === 'DEVICE_REBOOTED' || event.status === 'SUCCESS');
  });

/**
 * The event that settles a wait: the earliest of those that end it, so that a task is settled once. Delivered again, that
 * event settles the task again, because its function may have died before it did.
 */
export const settledBy = (wait: Wait, item: InboxItem): Wait | undefined =>
  endsOf(wait, item).toSorted((a, b) => (item.events[a]?.recordedAt ?? 0) - (item.events[b]?.recordedAt ?? 0))[0];

/** When the broker received the first report that the firmware is on the device; infinite before there is one. */
const downloadedAt = ({ events }: InboxItem): number =>
  Math.min(
    ...(['FIRMWARE_TRANSFERRED', 'DOWNLOAD_OPERATION_DONE'] as const).flatMap((name) => {
      const event = events[name];
      return event?.status === 'SUCCESS' ? [event.receivedAt ?? event.recordedAt] : [];
    }),
  );

/** The boot that has turned out to follow the download, also when it is recorded: its function may have died before it settled. */
export const followingBoot = (item: InboxItem): InboxEvent | undefined =>
  item.boots.find(({ ifDownloadedBy }) => downloadedAt(item) <= ifDownloadedBy)?.event;

/** Whether the state machine waits for the boot and nothing else. After a failed operation it may wait for the transfer still. */
export const isDownloadOver = ({ tokens, events }: InboxItem): boolean =>
  tokens.DEVICE_REBOOTED !== undefined && events.DOWNLOAD_OPERATION_DONE?.status !== 'FAIL';

/**
 * Whether a success changes nothing but that its task goes on, which a later event or wait need not know: a boot that is all that is
 * waited for; the end of an operation whose transfer is recorded, and was received before it. Then it is not recorded, which saves
 * a write, unless its task turns out to be closed.
 */
export const isOnlyAwaited = (message: StatusMessage, item: InboxItem): boolean => {
  const { tokens, events, boots } = item;
  if (message.name === 'ACTIVATION_FAILED' || message.status !== 'SUCCESS') return false;
  if (events[message.name] || tokens[message.name] === undefined || boots.length > 0) return false;
  if (message.name === 'DEVICE_REBOOTED') return isDownloadOver(item);
  const { FIRMWARE_TRANSFERRED: transfer, DEVICE_REBOOTED: boot } = events;
  if (message.name === 'FIRMWARE_TRANSFERRED' || boot || transfer?.status !== 'SUCCESS') return false;
  return (transfer.receivedAt ?? Infinity) <= (message.receivedAt ?? -Infinity);
};
