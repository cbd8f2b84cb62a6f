import type { Log } from '../shared/log';
import type { MessageOf } from '../shared/messages';
import { type CommandDeps, deadlineOf } from './command';
import type { Awaited, Device } from './devices';

type Deps = Pick<CommandDeps, 'devices' | 'publish' | 'now'>;

/**
 * AWS IoT knows a connection within about a second: a device that connected so shortly before the workflow looked may have been
 * reported as offline. https://docs.aws.amazon.com/iot/latest/developerguide/device-connectivity-status.html
 */
const CONNECTIVITY_LAG_MS = 10_000;

/** What the rule of presence events passes on in place of a protocol's name. */
export const PRESENCE = 'presence';

/** When the device connected last, as it said itself or as AWS IoT reported, milliseconds since the epoch; 0 when it never did. */
export const lastConnectedAt = ({ learntAt }: Pick<Device, 'learntAt'>): number =>
  Math.max(learntAt['connection'] ?? 0, learntAt[PRESENCE] ?? 0);

const publishConnected = (
  { publish }: Pick<Deps, 'publish'>,
  thingName: string,
  id: string,
  { token, executionArn }: Pick<Awaited, 'token' | 'executionArn'>,
): Promise<void> =>
  publish({ name: 'DEVICE_CONNECTED', id, thingName, token, ...(executionArn !== undefined && { executionArn }) });

/**
 * Waits for the connection of a device that is offline, without polling: the wait is kept with the device, and ends with the
 * next message that shows that it is there. It ends at once for a device that reported before that it runs the firmware, and for
 * one that has connected in the meantime.
 */
export const awaitConnection =
  (deps: Deps) =>
  async (message: MessageOf<'AWAIT_CONNECTION'>, log: Log): Promise<void> => {
    const { id, thingName, firmwareVersion, token, executionArn, enteredAt } = message;
    const until = deadlineOf(message);
    if (until <= deps.now()) return log.warn('Dropped: the workflow waits no longer for the connection');
    const awaited = { token, until, ...(executionArn !== undefined && { executionArn }) };
    const device = await deps.devices.awaitConnection(thingName, id, awaited);
    const runsIt = device.facts['firmwareVersion'] === firmwareVersion;
    const isBack = lastConnectedAt(device) > Date.parse(enteredAt) - CONNECTIVITY_LAG_MS;
    if (!runsIt && !isBack) return log.info('Waits for the connection of the device');
    await publishConnected(deps, thingName, id, awaited);
    await deps.devices.forgetAwaited(thingName, [id]);
  };

/**
 * AWS IoT reports that a client has connected. It ends the waits for a device that does not report that itself; one that does
 * reports what a command needs, too, a moment later.
 */
export const onPresence = async (deps: Deps, thingName: unknown, receivedAt: number, log: Log): Promise<void> => {
  if (typeof thingName !== 'string') return;
  const device = await deps.devices.notePresence(thingName, receivedAt);
  if (device && device.facts['connection'] === undefined) await endAwaited(deps, device, log.with({ thingName }));
};

/** The device is there: ends the waits for its connection. A wait that is over is forgotten. */
export const endAwaited = async (deps: Deps, { thingName, awaited = {} }: Device, log: Log): Promise<void> => {
  const waits = Object.entries(awaited);
  if (waits.length === 0) return;
  for (const [id, wait] of waits) if (wait.until > deps.now()) await publishConnected(deps, thingName, id, wait);
  await deps.devices.forgetAwaited(
    thingName,
    waits.map(([id]) => id),
  );
  log.info('The device that was waited for is connected', { operationIds: waits.map(([id]) => id) });
};
