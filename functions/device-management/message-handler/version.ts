import type { Device } from '../devices';
import type { DeviceMessage, Facts } from '../protocol';
import { connectedAt, type Context } from './context';

/**
 * How long after the report of its target a workflow may still write that to the registry, as it first records the outcome
 * (five minutes at most) and then repeats a throttled UpdateThing (two minutes at most).
 */
const WRITTEN_WITHIN_MS = 600_000;

/** What a message says that the device runs. */
export const versionOf = (message: DeviceMessage): Facts =>
  'firmwareVersion' in message && message.firmwareVersion !== undefined
    ? { firmwareVersion: message.firmwareVersion }
    : {};

/** Whether the workflow of the current command writes the version of its device to the registry, after its outcome. */
const isWritten = (device: Device, now: number): boolean => {
  const { current, facts } = device;
  return (
    current !== undefined &&
    !current.isOver &&
    current.firmwareVersion === facts['firmwareVersion'] &&
    current.reached !== undefined &&
    now - current.reached.at < WRITTEN_WITHIN_MS
  );
};

/**
 * Whether a message says something about the registry: what was not known before it, or was known before the device connected
 * and may have been changed in the registry since. A message that taught it is recognized when it is handled again.
 */
const isNews = ({ device, receivedAt }: Context): boolean => {
  const since = device.learntAt['firmwareVersion'] ?? 0;
  return since === receivedAt || (since < receivedAt && since < (connectedAt(device) ?? Infinity));
};

/**
 * Publishes what a device reports that it runs, so that the registry follows. Called when that is remembered, because the receiver
 * looks up what is known by then: of two reports that are handled in the wrong order, the later one counts.
 * @param context with the device as it is known after the message
 */
export const reportVersion = async (context: Context, message: DeviceMessage): Promise<void> => {
  const { deps, device, receivedAt } = context;
  const { firmwareVersion } = versionOf(message);
  if (firmwareVersion === undefined || firmwareVersion !== device.facts['firmwareVersion']) return;
  if (!isNews(context) || isWritten(device, receivedAt)) return;
  const { thingName } = device;
  await deps.publish({ name: 'DEVICE_VERSION_REPORTED', thingName, firmwareVersion, sentAt: deps.now() });
};
