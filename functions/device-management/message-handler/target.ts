import { type Device, latestOf } from '../devices';
import type { Incoming } from '../protocol';
import { isTarget } from './boot';
import type { Context, Message } from './context';
import { factsOf } from './identify';
import { reportBoot } from './outcome';

type VersionReport = Message<'boot' | 'version'> & { readonly firmwareVersion: string };

const isVersionReport = (message: Incoming['message']): message is VersionReport =>
  (message.kind === 'boot' || message.kind === 'version') && message.firmwareVersion !== undefined;

/** Whether a message probably reports an outcome: what a device says without being asked. */
const isUnasked = (message: VersionReport): boolean => message.kind === 'boot' || message.asOf === undefined;

/** `device`: as it was found, if it was looked up; `reached`: what the message was handled with, when it is the outcome. */
interface Tried {
  readonly device: Device | undefined;
  readonly reached?: Context;
}

/**
 * The first report that a device runs the target of its current command is the outcome: a boot, whatever operation it names, or a
 * version, which shows that the device has booted. It is remembered before it is published, so that only one of the messages that
 * tell it does: a boot and the change of the version come at the same time. The message that comes again, because this function
 * died, is known by when the broker received it. What a device says without being asked is tried without a look at the device.
 * @param device as it is known
 */
export const tryTarget = async (
  context: Omit<Context, 'device'>,
  incoming: Incoming,
  device?: Device,
): Promise<Tried> => {
  const { deps, receivedAt, sender } = context;
  const { message, thingName } = incoming;
  if (!isVersionReport(message)) return { device };
  const { firmwareVersion } = message;
  const asOf = message.kind === 'version' ? (message.asOf ?? receivedAt) : receivedAt;
  if (device ? !isTarget(device.current, firmwareVersion, asOf) : !isUnasked(message)) return { device };
  const id = `${message.kind}@${receivedAt}`;
  if ((device?.current?.reached?.by ?? id) !== id) return { device };
  const facts = factsOf(incoming);
  const { isDone, device: known } = await deps.devices.reach({
    ...{ thingName, firmwareVersion, receivedAt, asOf, id, sender },
    facts: device ? latestOf(facts, device, receivedAt) : facts,
    operationId: message.kind === 'boot' ? message.operationId : '',
  });
  if (!isDone || !known.current) return { device: known };
  const { operationId, executionArn } = known.current;
  const reached = { ...context, device: known, log: context.log.with({ operationId, executionArn }) };
  const isUpdated = message.kind === 'version' || message.firmwareUpdated;
  await reportBoot(reached, { isUpdated, firmwareVersion });
  reached.log.info(`The device runs ${firmwareVersion}`);
  return { device: known, reached };
};
