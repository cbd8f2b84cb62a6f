import type { Log } from '../../shared/log';
import type { MessageOf } from '../../shared/messages';
import type { PublishMessage } from '../../shared/sns-out';
import { publishAnswer } from '../answer';
import type { Credentials } from '../credentials';
import type { Devices } from '../devices';
import type { SendToDevice } from '../send';
import { downloadMessage } from '../usp/outgoing';

export interface DownloadFirmwareDeps {
  readonly controllerId: string;
  /** `{firmwareVersion}` is replaced. */
  readonly urlTemplate: string;
  readonly devices: Devices;
  readonly send: SendToDevice;
  readonly publish: PublishMessage;
  /** Of the firmware server, when it wants any. */
  readonly credentials: () => Promise<Credentials | undefined>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A sender that has not sent after its function's time-out of 60 s is dead. */
const SENDER_LIFETIME_MS = 60_000;

/**
 * Asks a device to download a firmware, at most once per operation, however often the request is delivered. The intent is
 * recorded first (SENDING), the fact afterwards (SENT). A repetition that finds SENT or an answer never sends; one that finds
 * a sender at work fails, so that Lambda tries again when the sender is done or dead.
 */
export const downloadFirmware =
  ({ controllerId, urlTemplate, devices, send, publish, credentials, now }: DownloadFirmwareDeps) =>
  async (message: MessageOf<'START_UPGRADE'>, log: Log): Promise<void> => {
    const { id, thingName, firmwareVersion, token, executionArn } = message;
    const start = {
      thingName,
      operationId: id,
      firmwareVersion,
      token,
      executionArn,
      now: now(),
      msgId: `FIRMWARE-DOWNLOAD@${now()}`,
    };
    const { mine, operation } = await devices.begin(start);
    if (!mine) {
      if (operation.state === 'STARTED' || operation.state === 'REFUSED')
        return publishAnswer(publish, thingName, operation, token);
      if (operation.state === 'SENT') return log.info('Download was asked for already, the answer is awaited');
      const abandoned = start.now - operation.sendingSince >= SENDER_LIFETIME_MS;
      if (!abandoned || !(await devices.takeOver(thingName, operation, start.now)))
        throw new Error(`Another invocation is asking ${thingName} for ${id}: try again later.`);
    }
    const login = await credentials();
    const device = await devices.run(thingName, operation);
    const url = urlTemplate.replaceAll('{firmwareVersion}', encodeURIComponent(operation.firmwareVersion));
    await send(
      downloadMessage(controllerId, device, { operationId: id, msgId: operation.msgId, url, credentials: login }),
    );
    await devices.sent(thingName, id);
    log.info(`Asked for the download of ${operation.firmwareVersion}`);
  };
