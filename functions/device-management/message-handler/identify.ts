import { type Device, isFrom, latestOf } from '../devices';
import type { Facts, Incoming } from '../protocol';
import type { Context } from './context';
import { versionOf } from './version';

/** The device that a message is of, and what the message tells that was not known. */
export interface Identified {
  readonly device: Device;
  readonly newFacts: Facts;
  /** Whether it is a boot that is reported late: it names an earlier operation, so its version need not be what the device runs now. */
  readonly isOfEarlierOperation: boolean;
}

/** All that a message tells of its device. */
export const factsOf = ({ message, learnt }: Incoming): Facts => ({ ...versionOf(message), ...learnt });

/** Whether what was written about the device a moment ago may decide what a message means. */
const needsLatest = (message: Incoming['message']): boolean =>
  message.kind === 'boot' ||
  (message.kind === 'version' && message.asOf !== undefined) ||
  ('fault' in message && message.fault !== undefined);

/** Whether the facts of a message are remembered: the device may have said since what it booted into. */
const usesFacts = (message: Incoming['message'], { facts }: Device): boolean =>
  message.kind !== 'boot' ||
  message.firmwareVersion !== undefined ||
  message.reportId === undefined ||
  facts['bootReport'] !== message.reportId;

const isOfEarlierOperation = (message: Incoming['message'], { current, previousOperationId }: Device): boolean =>
  message.kind === 'boot' &&
  message.operationId !== '' &&
  message.operationId !== current?.operationId &&
  message.operationId === previousOperationId;

/**
 * The device, and the facts of its message that are not known yet.
 * @param known the device, if it was looked up
 * @returns undefined when the message comes under another name than the device gave when it connected
 */
export const identify = async (
  { deps: { devices }, receivedAt, sender }: Omit<Context, 'device'>,
  incoming: Incoming,
  known?: Device,
): Promise<Identified | undefined> => {
  const { thingName, message } = incoming;
  const learnt = factsOf(incoming);
  // A device that connects gives its name and its address, which the answer needs.
  if (message.kind === 'connected') {
    const device = await devices.learn(thingName, { ...learnt, connection: 'reported' }, receivedAt);
    return { device, newFacts: {}, isOfEarlierOperation: false };
  }
  const device = known ?? (await devices.read(thingName, needsLatest(message)));
  if (!isFrom(device, sender)) return undefined;
  const facts = usesFacts(message, device) ? Object.entries(latestOf(learnt, device, receivedAt)) : [];
  return {
    device,
    newFacts: Object.fromEntries(facts.filter(([fact, value]) => device.facts[fact] !== value)),
    isOfEarlierOperation: isOfEarlierOperation(message, device),
  };
};
