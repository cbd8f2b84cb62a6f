import type { Boot } from '../devices';
import { noteBegun } from './begun';
import { decideBoot, decideVersion } from './boot';
import { about, connectedAt, type Context, type Message } from './context';

/** What is reported of a boot. `ifDownloadedBy`: see `BootDecision`. */
interface BootReport {
  readonly isUpdated: boolean;
  readonly firmwareVersion?: string | undefined;
  readonly ifDownloadedBy?: number | undefined;
}

/** Reports a boot of the current command. One that may have nothing to do with it does not show that it has begun. */
export const reportBoot = async (
  context: Context,
  { isUpdated, firmwareVersion, ifDownloadedBy }: BootReport,
): Promise<void> => {
  const { deps, device } = context;
  const id = device.current?.operationId;
  if (id === undefined) return;
  if (ifDownloadedBy === undefined) await noteBegun(context, id);
  await deps.publish({
    ...{ name: 'DEVICE_REBOOTED', ...about(device, id), status: isUpdated ? 'SUCCESS' : 'FAIL' },
    ...(firmwareVersion !== undefined && { firmwareVersion }),
    ...(ifDownloadedBy !== undefined && { ifDownloadedBy }),
  });
};

/** Asks what the device runs since a boot. The answer must not seem older than the boot where two clocks differ. */
const askVersion = async ({ deps, protocol, device, log }: Context, { receivedAt }: Boot): Promise<void> => {
  await deps.send(protocol.askVersion(device, Math.max(deps.now(), receivedAt)));
  log.info('A boot without a version: asked for it');
};

/** Acts on a boot that may be the outcome of the current command. */
const takeBoot = async (context: Context, boot: Boot): Promise<void> => {
  const { deps, device, log } = context;
  const decision = decideBoot(device.current, boot, connectedAt(device));
  if (decision.kind === 'ignore') return log.info(`A boot without consequence: ${decision.reason}`);
  const { firmwareUpdated: isUpdated, firmwareVersion } = boot;
  const isCertain = decision.kind !== 'keep' && decision.ifDownloadedBy === undefined;
  if (decision.kind === 'report' && isCertain) return reportBoot(context, { isUpdated, firmwareVersion });
  const kept = await deps.devices.keepBoot(device.thingName, device.current?.operationId ?? '', boot);
  // A connection that the device reported before it may have been handled in the meantime.
  if (kept && connectedAt(kept) !== connectedAt(device)) return takeBoot({ ...context, device: kept }, boot);
  if (decision.kind === 'report')
    return reportBoot(context, { isUpdated, firmwareVersion, ifDownloadedBy: decision.ifDownloadedBy });
  if (decision.kind === 'keep') log.info('A boot whose meaning depends on an earlier message: kept');
  if (firmwareVersion === undefined) await askVersion(context, boot);
};

/** The device has booted. A repeated report is about the same boot, whenever the broker received it. */
export const onBoot = async (context: Context, message: Message<'boot'>): Promise<void> => {
  const { device, log, receivedAt } = context;
  const { operationId, firmwareUpdated, firmwareVersion, unreadableVersion, reportId } = message;
  if (unreadableVersion !== undefined) log.warn(`The boot reports a version that cannot be read: ${unreadableVersion}`);
  // Into the target it was reported by the first message that told so.
  if (firmwareVersion !== undefined && firmwareVersion === device.current?.firmwareVersion)
    return log.info('A boot without consequence: the device is known to run the target, or was not asked for it');
  if (operationId === '' && reportId !== undefined && device.facts['bootReport'] === reportId)
    return log.info('A boot that was reported before');
  await takeBoot(context, {
    ...{ operationId, firmwareUpdated, receivedAt },
    ...(firmwareVersion !== undefined && { firmwareVersion }),
    ...(unreadableVersion !== undefined && { unreadableVersion }),
  });
};

/** A boot that was handled before the connection in which it was reported may be the outcome after all. */
export const takeKeptBoot = async (context: Context): Promise<void> => {
  const boot = context.device.current?.boot;
  if (boot) await takeBoot(context, boot);
};

/** The device reports without a boot what it runs, and that is not the target: the outcome, if a boot left it open. */
export const onVersion = async (
  context: Context,
  { firmwareVersion, asOf = context.receivedAt }: Message<'version'>,
): Promise<void> => {
  const { device } = context;
  if (firmwareVersion === device.current?.firmwareVersion) return;
  const decision = decideVersion(device.current, firmwareVersion, asOf, connectedAt(device));
  if (decision.kind === 'report')
    await reportBoot(context, { isUpdated: false, firmwareVersion, ifDownloadedBy: decision.ifDownloadedBy });
};
