import type { Boot, CurrentCommand } from '../devices';

/**
 * What a boot means for the current command: nothing, its outcome, not known before the device reports its version, or not
 * known before an earlier message is handled: that the device has the firmware, or that it has connected (`keep`).
 */
export type BootDecision =
  | { readonly kind: 'ignore'; readonly reason: string }
  | { readonly kind: 'report'; readonly operationId: string; readonly firmwareVersion?: string }
  | { readonly kind: 'ask-version'; readonly operationId: string }
  | { readonly kind: 'keep'; readonly operationId: string };

/**
 * Whether a boot that names no operation followed the download. A device may report a boot long after it: where devices say
 * that they have connected, a boot is as old as the connection in which it is reported.
 * @param connectedAt when the broker received the device's last word that it has connected; undefined when it never says so
 */
const followsDownload = ({ downloadedAt = Infinity }: CurrentCommand, { receivedAt }: Boot, connectedAt = receivedAt) =>
  downloadedAt <= connectedAt && connectedAt <= receivedAt;

/** Whether a boot is the one that the command leads to, whatever version it reports. */
const isOfOperation = (current: CurrentCommand, boot: Boot, connectedAt: number | undefined): boolean =>
  boot.operationId === current.operationId || (boot.operationId === '' && followsDownload(current, boot, connectedAt));

/**
 * Decides what a boot means. Messages are handled in any order, so it is about what had happened when the broker received it.
 * - Received before the device was asked: nothing.
 * - Into the target version: the outcome, whatever operation it names, because agents put keys of their own into Boot!.
 * - Another boot that names the operation, or that follows the download and names none: the outcome.
 * - Before that, a device may have rebooted for any reason, even before it took the command.
 */
export const decideBoot = (
  current: CurrentCommand | undefined,
  boot: Boot,
  connectedAt: number | undefined,
): BootDecision => {
  if (!current) return { kind: 'ignore', reason: 'the device was not asked for anything' };
  if (current.isOver) return { kind: 'ignore', reason: 'the workflow is over' };
  const { operationId, downloadedAt } = current;
  const { firmwareVersion, firmwareUpdated } = boot;
  if (boot.receivedAt < current.askedAt) return { kind: 'ignore', reason: 'it was before the device was asked' };
  if (firmwareVersion === current.firmwareVersion) return { kind: 'report', operationId, firmwareVersion };
  if (!current.awaitsBoot) return { kind: 'ignore', reason: 'no operation waits for a boot' };
  if (boot.operationId !== '' && boot.operationId !== operationId)
    return { kind: 'ignore', reason: 'it names another operation' };
  if (isOfOperation(current, boot, connectedAt)) {
    if (firmwareVersion !== undefined) return { kind: 'report', operationId, firmwareVersion };
    // The device has said what came of it, and may not be able to say it better.
    return boot.unreadableVersion !== undefined && !firmwareUpdated && boot.operationId === operationId
      ? { kind: 'report', operationId }
      : { kind: 'ask-version', operationId };
  }
  if (downloadedAt !== undefined && boot.receivedAt < downloadedAt)
    return { kind: 'ignore', reason: 'it was before the firmware was on the device' };
  return connectedAt !== undefined && boot.receivedAt < connectedAt
    ? { kind: 'ignore', reason: 'the device has connected again since' }
    : { kind: 'keep', operationId };
};

/** Whether the device reports that it runs the target of a command that it was asked for before. */
export const isTarget = (
  current: CurrentCommand | undefined,
  firmwareVersion: string,
  asOf: number,
): current is CurrentCommand =>
  current !== undefined && !current.isOver && current.askedAt <= asOf && current.firmwareVersion === firmwareVersion;

/** A version that the device reports without a boot. */
export interface ReportedVersion {
  readonly firmwareVersion: string;
  /** Whether the device was not known to run it. */
  readonly isNew: boolean;
  /** When the device was asked, else when the broker received its report, milliseconds since the epoch. */
  readonly asOf: number;
}

/**
 * Whether a version is the outcome of the current command. After a boot without a version, any version is. Otherwise only
 * the target version shows that the device has booted: any other is what it ran before. A version that is not new was
 * reported with the boot already, and one from before the command, or before its boot, is about the time before.
 */
export const isOutcome = (
  current: CurrentCommand | undefined,
  { firmwareVersion, isNew, asOf }: ReportedVersion,
  connectedAt: number | undefined,
): current is CurrentCommand => {
  if (isNew && isTarget(current, firmwareVersion, asOf)) return true;
  if (!current || current.isOver || asOf < current.askedAt) return false;
  const { awaitsBoot, boot } = current;
  return (
    awaitsBoot &&
    boot !== undefined &&
    boot.firmwareVersion === undefined &&
    isOfOperation(current, boot, connectedAt) &&
    asOf >= boot.receivedAt
  );
};
