import type { CurrentCommand } from '../devices';

/** A boot as the device reports it. `operationId` is empty when it names none. */
export interface Boot {
  readonly operationId: string;
  readonly firmwareVersion?: string;
}

/**
 * What a boot means for the current command: nothing, its outcome, or not known before the device reports its version.
 * `isOfOperation`: whatever version it reports is the outcome.
 */
export type BootDecision =
  | { readonly kind: 'ignore'; readonly reason: string }
  | { readonly kind: 'report'; readonly operationId: string; readonly firmwareVersion: string }
  | { readonly kind: 'ask-version'; readonly operationId: string; readonly isOfOperation: boolean };

/**
 * Decides what a boot means. A boot into the target version is the outcome, whatever operation it names, because agents put
 * keys of their own into Boot!. Another boot is the outcome when it names the operation, or when the firmware is on the device.
 * Before that, a device may have rebooted for any reason, even before it took the command.
 */
export const decideBoot = (
  current: CurrentCommand | undefined,
  { operationId: named, firmwareVersion }: Boot,
): BootDecision => {
  if (!current?.awaitsBoot) return { kind: 'ignore', reason: 'no operation waits for a boot' };
  const { operationId, downloaded } = current;
  const isTarget = firmwareVersion === current.firmwareVersion;
  if (!isTarget && named !== '' && named !== operationId)
    return { kind: 'ignore', reason: 'it names another operation' };
  const isOfOperation = isTarget || named === operationId || downloaded;
  if (firmwareVersion === undefined) return { kind: 'ask-version', operationId, isOfOperation };
  if (!isOfOperation) return { kind: 'ignore', reason: 'the firmware is not on the device yet' };
  return { kind: 'report', operationId, firmwareVersion };
};

/** A version that the device reports without a boot. */
export interface ReportedVersion {
  readonly firmwareVersion: string;
  /** Whether the device was not known to run it. */
  readonly isNew: boolean;
  /** When the device was asked, milliseconds since the epoch; undefined when it reports by itself. */
  readonly asOf?: number | undefined;
}

/**
 * Whether a version is the outcome of the current command. After a boot without a version, any version is. Otherwise only
 * the target version shows that the device has booted: any other is what it ran before. A version that is not new was
 * reported with the boot already, and an answer to a question from before the command is about the time before.
 */
export const isOutcome = (
  current: CurrentCommand | undefined,
  { firmwareVersion, isNew, asOf }: ReportedVersion,
): current is CurrentCommand => {
  if (!current?.awaitsBoot) return false;
  if (asOf !== undefined && asOf < current.askedAt) return false;
  return current.booted || (isNew && firmwareVersion === current.firmwareVersion);
};
