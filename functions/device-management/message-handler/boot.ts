import type { Boot, CurrentCommand } from '../devices';

/**
 * What a boot means for the current command: nothing, its outcome, not known before the device reports its version, or not
 * known before the device reports that it has the firmware (`keep`).
 */
export type BootDecision =
  | { readonly kind: 'ignore'; readonly reason: string }
  | { readonly kind: 'report'; readonly operationId: string; readonly firmwareVersion?: string }
  | { readonly kind: 'ask-version'; readonly operationId: string }
  | { readonly kind: 'keep'; readonly operationId: string };

/** Whether a boot is the one that the command leads to, whatever version it reports. */
const isOfOperation = ({ operationId, downloadedAt }: CurrentCommand, boot: Boot): boolean =>
  boot.operationId === operationId ||
  (boot.operationId === '' && downloadedAt !== undefined && downloadedAt <= boot.receivedAt);

/**
 * Decides what a boot means. Messages are handled in any order, so it is about what had happened when the broker received it.
 * - Received before the device was asked: nothing.
 * - Into the target version: the outcome, whatever operation it names, because agents put keys of their own into Boot!.
 * - Another boot that names the operation, or that follows the download and names none: the outcome.
 * - Before that, a device may have rebooted for any reason, even before it took the command.
 */
export const decideBoot = (current: CurrentCommand | undefined, boot: Boot): BootDecision => {
  if (!current) return { kind: 'ignore', reason: 'the device was not asked for anything' };
  const { operationId, downloadedAt } = current;
  const { firmwareVersion, firmwareUpdated } = boot;
  if (boot.receivedAt < current.askedAt) return { kind: 'ignore', reason: 'it was before the device was asked' };
  if (firmwareVersion === current.firmwareVersion) return { kind: 'report', operationId, firmwareVersion };
  if (!current.awaitsBoot) return { kind: 'ignore', reason: 'no operation waits for a boot' };
  if (boot.operationId !== '' && boot.operationId !== operationId)
    return { kind: 'ignore', reason: 'it names another operation' };
  if (isOfOperation(current, boot)) {
    if (firmwareVersion !== undefined) return { kind: 'report', operationId, firmwareVersion };
    // The device has said what came of it, and may not be able to say it better.
    return boot.unreadableVersion !== undefined && !firmwareUpdated && boot.operationId === operationId
      ? { kind: 'report', operationId }
      : { kind: 'ask-version', operationId };
  }
  return downloadedAt === undefined
    ? { kind: 'keep', operationId }
    : { kind: 'ignore', reason: 'it was before the firmware was on the device' };
};

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
): current is CurrentCommand => {
  if (!current || asOf < current.askedAt) return false;
  if (isNew && firmwareVersion === current.firmwareVersion) return true;
  const { awaitsBoot, boot } = current;
  return (
    awaitsBoot &&
    boot !== undefined &&
    boot.firmwareVersion === undefined &&
    isOfOperation(current, boot) &&
    asOf >= boot.receivedAt
  );
};
