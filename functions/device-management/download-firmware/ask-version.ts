import type { Log } from '../../shared/log';
import type { MessageOf } from '../../shared/messages';
import { type CommandDeps, deadlineOf, expiryOf, publishRuns } from '../command';
import { protocolNamed } from '../protocol';

/**
 * Asks a device what it runs, before the workflow declares that it was silent for too long: its report may be lost. The answer
 * is handled like any report of a version. A device that is known to run the firmware is not asked.
 */
export const askVersion =
  ({ protocols, devices, send, publish, now }: CommandDeps) =>
  async (message: MessageOf<'ASK_VERSION'>, log: Log): Promise<void> => {
    const { thingName, firmwareVersion, attributes } = message;
    const protocol = protocolNamed(protocols, attributes['protocol']);
    if (!protocol || deadlineOf(message) <= now()) return log.warn('Dropped: nobody waits for the version any more');
    const device = await devices.read(thingName, true);
    if (device.facts['firmwareVersion'] === firmwareVersion) {
      log.info(`The device runs ${firmwareVersion}`);
      return publishRuns(publish, message);
    }
    await send({ ...protocol.askVersion(device, now()), messageExpiry: expiryOf(message, now()) });
    log.info('Asked the device for its version');
  };
