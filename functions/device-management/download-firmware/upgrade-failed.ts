import type { Log } from '../../shared/log';
import type { MessageOf } from '../../shared/messages';
import type { CommandDeps } from '../command';

/**
 * The workflow of an operation is over: none of its commands may reach the device any more, however late its request is
 * delivered, retried or redriven.
 */
export const upgradeFailed =
  ({ devices, now }: Pick<CommandDeps, 'devices' | 'now'>) =>
  async ({ id, thingName }: MessageOf<'FIRMWARE_UPGRADE_FAIL'>, log: Log): Promise<void> => {
    await devices.close(thingName, id, now());
    log.info('The commands of the operation are closed');
  };
