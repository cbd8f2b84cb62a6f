import type { Boot, CurrentCommand } from '../devices';
import { decideBoot, isOutcome } from './boot';
import { noteBegun } from './begun';
import { about, connectedAt, type Context, measureStep, type Message } from './context';

const reportBoot = async (context: Context, id: string, firmwareUpdated: boolean, firmwareVersion?: string) => {
  const { deps, device } = context;
  await noteBegun(context, id);
  const status = firmwareUpdated ? 'SUCCESS' : 'FAIL';
  const version = firmwareVersion === undefined ? {} : { firmwareVersion };
  await deps.publish({ name: 'DEVICE_REBOOTED', ...about(device, id), status, ...version });
  measureStep(context, 'RebootSeconds', id);
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
  switch (decision.kind) {
    case 'ignore':
      return log.info(`A boot without consequence: ${decision.reason}`);
    case 'report':
      return reportBoot(context, decision.operationId, boot.firmwareUpdated, decision.firmwareVersion);
    case 'ask-version':
      await deps.devices.keepBoot(device.thingName, decision.operationId, boot);
      return askVersion(context, boot);
    case 'keep': {
      const kept = await deps.devices.keepBoot(device.thingName, decision.operationId, boot);
      log.info('A boot whose meaning depends on an earlier message: kept');
      // That message may have been handled in the meantime.
      if (kept && decideBoot(kept.current, boot, connectedAt(kept)).kind !== 'keep')
        return takeBoot({ ...context, device: kept }, boot);
      if (boot.firmwareVersion === undefined) await askVersion(context, boot);
    }
  }
};

/** The device has booted. A repeated report is about the same boot, whenever the broker received it. */
export const onBoot = async (context: Context, message: Message<'boot'>): Promise<void> => {
  const { device, log, receivedAt } = context;
  const { operationId, firmwareUpdated, firmwareVersion, unreadableVersion, reportId } = message;
  if (unreadableVersion !== undefined) log.warn(`The boot reports a version that cannot be read: ${unreadableVersion}`);
  const isReportedAgain = operationId === '' && reportId !== undefined && device.facts['bootReport'] === reportId;
  // Agents may use an id again after a boot: into the target, a boot counts in any case.
  if (isReportedAgain && firmwareVersion !== device.current?.firmwareVersion)
    return log.info('A boot that was reported before');
  await takeBoot(context, {
    ...{ operationId, firmwareUpdated, receivedAt },
    ...(firmwareVersion !== undefined && { firmwareVersion }),
    ...(unreadableVersion !== undefined && { unreadableVersion }),
  });
};

/** The firmware of an operation is on the device: remembered once, with the earliest report. @returns the context afterwards */
export const noteDownloaded = async (context: Context, operationId: string): Promise<Context> => {
  const { deps, device, receivedAt } = context;
  const { current, thingName } = device;
  if (current?.operationId !== operationId || !current.awaitsBoot) return context;
  if (current.downloadedAt !== undefined && current.downloadedAt <= receivedAt) return context;
  return { ...context, device: (await deps.devices.markDownloaded(thingName, operationId, receivedAt)) ?? device };
};

/** A boot that was handled before the messages that it followed may be the outcome after all. */
export const takeKeptBoot = async (context: Context): Promise<void> => {
  const boot = context.device.current?.boot;
  if (boot) await takeBoot(context, boot);
};

/** Whether a version is the outcome of the current command, and of which. */
const outcomeOf = (context: Context, { firmwareVersion, asOf }: Message<'version'>): CurrentCommand | undefined => {
  const { current } = context.device;
  const reported = { firmwareVersion, isNew: context.isNewVersion, asOf: asOf ?? context.receivedAt };
  return isOutcome(current, reported, connectedAt(context.device)) ? current : undefined;
};

/** The device reports what it runs, without a boot. */
export const onVersion = async (context: Context, message: Message<'version'>): Promise<void> => {
  const current = outcomeOf(context, message);
  const { firmwareVersion } = message;
  if (current)
    await reportBoot(context, current.operationId, firmwareVersion === current.firmwareVersion, firmwareVersion);
};
