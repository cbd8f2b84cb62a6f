import type { Log } from '../../shared/log';
import type { MessageOf } from '../../shared/messages';
import { alreadyRuns, askOnce, type CommandDeps, refuse } from '../command';
import { protocolNamed } from '../protocol';

/**
 * Makes a device boot into the firmware that it has downloaded, at most once per operation. One that runs it already, because
 * it booted by itself, is not asked: its idle bank holds the old firmware by now.
 */
export const activateFirmware =
  (deps: CommandDeps) =>
  async (message: MessageOf<'ACTIVATE_FIRMWARE'>, log: Log): Promise<void> => {
    const { id, thingName, firmwareVersion, attributes } = message;
    const protocol = protocolNamed(deps.protocols, attributes['protocol']);
    if (!protocol)
      return refuse(deps.publish, 'activate', message, {
        faultCode: 'UNKNOWN_PROTOCOL',
        faultString: `The thing's attribute protocol is ${attributes['protocol'] ?? ''}.`,
      });
    const { facts } = await deps.devices.read(thingName, true);
    if (facts['firmwareVersion'] === firmwareVersion) {
      log.info(`The device runs ${firmwareVersion} already`);
      return alreadyRuns(deps, 'activate', message);
    }
    await askOnce(
      deps,
      message,
      { command: 'activate', awaitsBoot: true },
      { command: (device, { requestId }) => protocol.activate(device, { operationId: id, requestId }) },
      log,
    );
  };
