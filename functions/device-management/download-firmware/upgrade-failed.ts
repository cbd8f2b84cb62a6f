import type { Log } from '../../shared/log';
import type { MessageOf } from '../../shared/messages';
import type { CommandDeps } from '../command';

/**
 * The workflow of an operation is over: none of its commands may reach the device any more, however late its request is
 * delivered, retried or redriven. What the device reported while the workflow still lived was left to it to write to the registry.
 */
export const upgradeFailed =
  ({ devices, publish, now }: Pick<CommandDeps, 'devices' | 'publish' | 'now'>) =>
  async ({ id, thingName }: MessageOf<'FIRMWARE_UPGRADE_FAIL'>, log: Log): Promise<void> => {
    const device = await devices.close(thingName, id, now());
    log.info('The commands of the operation are closed');
    const { firmwareVersion } = device.facts;
    // Any other version was reported at once.
    if (firmwareVersion !== undefined && firmwareVersion === device.current?.firmwareVersion)
      await publish({ name: 'DEVICE_VERSION_REPORTED', thingName, firmwareVersion, sentAt: now() });
  };
