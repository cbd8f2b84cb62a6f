import { decideBoot, isOutcome } from './boot';
import { about, type Context, measureStep, type Message } from './context';
import { noteBegun } from './progress';

const reportBoot = async (context: Context, id: string, firmwareUpdated: boolean, firmwareVersion: string) => {
  const { deps, device } = context;
  await noteBegun(context, id);
  const status = firmwareUpdated ? 'SUCCESS' : 'FAIL';
  await deps.publish({ name: 'DEVICE_REBOOTED', ...about(device, id), status, firmwareVersion });
  measureStep(context, 'RebootSeconds', id);
};

/** The device has booted. */
export const onBoot = async (context: Context, message: Message<'boot'>): Promise<void> => {
  const { deps, protocol, device, log } = context;
  const decision = decideBoot(device.current, message);
  switch (decision.kind) {
    case 'ignore':
      return log.info(`A boot without consequence: ${decision.reason}`);
    case 'report':
      return reportBoot(context, decision.operationId, message.firmwareUpdated, decision.firmwareVersion);
    case 'ask-version':
      if (decision.isOfOperation) await deps.devices.markProgress(device.thingName, decision.operationId, 'booted');
      await deps.send(protocol.askVersion(device, deps.now()));
      return log.info('A boot without a version: asked for it');
  }
};

/** The device reports what it runs, without a boot. */
export const onVersion = async (context: Context, { firmwareVersion, asOf }: Message<'version'>): Promise<void> => {
  const { current } = context.device;
  if (isOutcome(current, { firmwareVersion, asOf, isNew: context.isNewVersion }))
    await reportBoot(context, current.operationId, firmwareVersion === current.firmwareVersion, firmwareVersion);
};
