import type { Boot, CurrentCommand } from '../devices';

/**
 * What a boot means for the current command: nothing, its outcome, not known before the device reports its version, or not known
 * before an earlier message is handled (`keep`). `ifDownloadedBy`: it is the outcome only if the firmware was on the device by
 * then, which the workflow knows. Milliseconds since the epoch.
 */
export type BootDecision =
  | { readonly kind: 'ignore'; readonly reason: string }
  | { readonly kind: 'report'; readonly firmwareVersion?: string; readonly ifDownloadedBy?: number }
  | { readonly kind: 'ask-version'; readonly ifDownloadedBy?: number }
  | { readonly kind: 'keep' };

/**
 * Whether a boot that does not lead to the target is the one that the command leads to.
 * - One that names the operation is.
 * - One that names none is if it followed the download. A device may report a boot long after it: where devices say that they
 *   have connected, a boot is as old as the connection in which it is reported. What is to be activated was on the device before.
 * @param connectedAt when the broker received the device's last word that it has connected; undefined when it never says so
 */
const relationOf = (
  { operationId, command, askedAt }: CurrentCommand,
  boot: Boot,
  connectedAt = boot.receivedAt,
): 'of-operation' | { readonly ifDownloadedBy: number } | 'later-connection' | 'earlier-connection' => {
  if (boot.operationId === operationId) return 'of-operation';
  if (connectedAt > boot.receivedAt) return 'later-connection';
  if (connectedAt < askedAt) return 'earlier-connection';
  return command === 'activate' ? 'of-operation' : { ifDownloadedBy: connectedAt };
};

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
  const { firmwareVersion, firmwareUpdated } = boot;
  if (boot.receivedAt < current.askedAt) return { kind: 'ignore', reason: 'it was before the device was asked' };
  if (firmwareVersion === current.firmwareVersion) return { kind: 'report', firmwareVersion };
  if (current.reached) return { kind: 'ignore', reason: 'the device has run the target since it was asked' };
  if (!current.awaitsBoot) return { kind: 'ignore', reason: 'no operation waits for a boot' };
  if (boot.operationId !== '' && boot.operationId !== current.operationId)
    return { kind: 'ignore', reason: 'it names another operation' };
  const relation = relationOf(current, boot, connectedAt);
  if (relation === 'later-connection') return { kind: 'ignore', reason: 'the device has connected again since' };
  if (relation === 'earlier-connection') return { kind: 'keep' };
  const condition = relation === 'of-operation' ? {} : relation;
  if (firmwareVersion !== undefined) return { kind: 'report', firmwareVersion, ...condition };
  // The device has said what came of it, and may not be able to say it better.
  return boot.unreadableVersion !== undefined && !firmwareUpdated && boot.operationId === current.operationId
    ? { kind: 'report' }
    : { kind: 'ask-version', ...condition };
};

/** Whether the device reports that it runs the target of a command that it was asked for before. */
export const isTarget = (
  current: CurrentCommand | undefined,
  firmwareVersion: string,
  asOf: number,
): current is CurrentCommand =>
  current !== undefined && !current.isOver && current.askedAt <= asOf && current.firmwareVersion === firmwareVersion;

/**
 * What the version means that a device reports after a boot without one, when it is not the target.
 * @param asOf when the device was asked, else when the broker received its report, milliseconds since the epoch
 */
export const decideVersion = (
  current: CurrentCommand | undefined,
  firmwareVersion: string,
  asOf: number,
  connectedAt: number | undefined,
): BootDecision => {
  const boot = current?.boot;
  if (!boot || boot.firmwareVersion !== undefined || asOf < Math.max(boot.receivedAt, current.askedAt))
    return { kind: 'ignore', reason: 'no boot leaves the version open' };
  return decideBoot(current, { ...boot, firmwareVersion }, connectedAt);
};
