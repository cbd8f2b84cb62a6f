import type { Log } from '../../shared/log';
import { type Device, latestOf } from '../devices';
import { type Facts, type Incoming, protocolNamed, type DeviceProtocol, UnusableMessageError } from '../protocol';
import { endAwaited, onPresence, PRESENCE } from '../connection';
import { connectedAt, type Context, type Message, type MessageHandlerDeps } from './context';
import { lookForCommand, onDownloads } from './lost-command';
import { onBoot, onVersion, takeKeptBoot } from './outcome';
import { onAnswer, onOperationComplete, onTransferComplete } from './progress';
import { reachedTarget, reportVersion, versionOf } from './version';

const handle = async (context: Context, message: Incoming['message']): Promise<void> => {
  const { deps, protocol, device, log } = context;
  switch (message.kind) {
    case 'connected': {
      const requests = protocol.ensureReachable(device, deps.now());
      for (const request of requests) await deps.send(request);
      log.info('Connected: asked for what it has', { requests: requests.length });
      await lookForCommand(context);
      return takeKeptBoot(context);
    }
    case 'answer':
      return onAnswer(context, message);
    case 'transfer-complete':
      return onTransferComplete(context, message);
    case 'operation-complete':
      return onOperationComplete(context, message);
    case 'boot':
      return onBoot(context, message);
    case 'version':
      await onVersion(context, message);
      return onDownloads(context, message);
    case 'nothing':
    case 'other':
      return logUnused(log, message);
  }
};

/** A message that leads to nothing: expected (`nothing`), or one that an operator should look at (`other`). */
const logUnused = (log: Log, { kind, what }: Message<'nothing' | 'other'>): void =>
  kind === 'nothing' ? log.info(what) : log.count('UnusedMessages', `Not used: ${what}`);

interface Envelope {
  readonly thingName?: unknown;
  readonly topic?: unknown;
  readonly protocol?: string;
  /** When the broker received it: `timestamp()` in the rule's SQL, milliseconds since the epoch. */
  readonly receivedAt?: number;
}

/** What a rule passes on about a message, whatever its protocol. */
const envelopeOf = (event: unknown): Envelope => {
  if (typeof event !== 'object' || event === null) return {};
  const { thingName, topic, protocol, receivedAt } = Object.fromEntries(Object.entries(event));
  return {
    ...{ thingName, topic },
    ...(typeof protocol === 'string' && { protocol }),
    ...(typeof receivedAt === 'number' && Number.isSafeInteger(receivedAt) && { receivedAt }),
  };
};

/** Whether what was written about the device a moment ago may decide what a message means. */
const needsLatest = (message: Incoming['message']): boolean =>
  message.kind === 'boot' || (message.kind === 'version' && message.asOf !== undefined);

/** The device as a message needs it: the latest state costs twice the read units. */
const deviceFor = async ({ devices }: MessageHandlerDeps, { thingName, message }: Incoming): Promise<Device> => {
  const device = await devices.read(thingName, needsLatest(message));
  // The request may have been sent a moment ago.
  const isTooOld = message.kind === 'answer' && device.current?.requestId !== message.requestId;
  return isTooOld ? devices.read(thingName, true) : device;
};

/** Whether the facts of a message are remembered. Those of an answer are used by the second command of two only. */
const usesFacts = (message: Incoming['message'], { current, facts }: Device) => {
  // The device may have said since what it booted into.
  if (message.kind === 'boot' && message.firmwareVersion === undefined)
    return message.reportId === undefined || facts['bootReport'] !== message.reportId;
  return message.kind !== 'answer' || current?.awaitsBoot === false;
};

/**
 * The device, and the facts of its message that are not known yet.
 * @returns undefined when the message comes under another name than the device gave when it connected
 */
const identify = async (
  deps: MessageHandlerDeps,
  protocol: DeviceProtocol,
  incoming: Incoming,
  receivedAt: number,
): Promise<{ readonly device: Device; readonly newFacts: Facts } | undefined> => {
  const { thingName, sender, message } = incoming;
  const learnt = { ...versionOf(message), ...incoming.learnt };
  // A device that connects gives its name and its address, which the answer needs.
  if (message.kind === 'connected') {
    const facts = { ...learnt, connection: 'reported' };
    return { device: await deps.devices.learn(thingName, facts, receivedAt), newFacts: {} };
  }
  const device = await deviceFor(deps, incoming);
  const name = protocol.senderOf(device);
  if (name !== undefined && sender !== undefined && sender !== name) return undefined;
  const facts = usesFacts(message, device) ? Object.entries(latestOf(learnt, device, receivedAt)) : [];
  return { device, newFacts: Object.fromEntries(facts.filter(([fact, value]) => device.facts[fact] !== value)) };
};

/** Whether a boot is reported late: it names an earlier operation, so its version need not be what the device runs now. */
const isOfEarlierOperation = async (
  { devices }: MessageHandlerDeps,
  { thingName, current }: Device,
  message: Incoming['message'],
): Promise<boolean> =>
  message.kind === 'boot' &&
  message.operationId !== '' &&
  message.operationId !== current?.operationId &&
  devices.knowsOperation(thingName, message.operationId);

/**
 * Turns what a device sends into domain messages. A message that cannot be used is logged with thing and topic, counted and
 * dropped. A device that waits for a receipt gets it after its domain message is published, and repeats its message until then.
 * @throws whatever AWS answers; Lambda tries again
 */
export const handleDeviceMessage =
  (deps: MessageHandlerDeps) =>
  async (event: unknown): Promise<void> => {
    const { protocol: name, receivedAt = deps.now(), ...envelope } = envelopeOf(event);
    if (name === PRESENCE) return onPresence(deps, envelope.thingName, receivedAt, deps.log);
    const protocol = protocolNamed(deps.protocols, name);
    if (!protocol) return deps.log.count('UnusableDeviceMessages', `Unknown protocol ${name ?? ''}`, envelope);
    let incoming: Incoming;
    try {
      incoming = protocol.interpret(event);
    } catch (error) {
      if (!(error instanceof UnusableMessageError)) throw error;
      return deps.log.count('UnusableDeviceMessages', error.message, envelope);
    }
    const { message, learnt, replies } = incoming;
    // Nothing needs to be known of the device.
    if ((message.kind === 'nothing' || message.kind === 'other') && !learnt && !replies)
      return logUnused(deps.log.with(envelope), message);
    const identified = await identify(deps, protocol, incoming, receivedAt);
    if (!identified)
      return deps.log.count('SpoofedSenders', `Refused: the device is not ${incoming.sender ?? ''}`, envelope);
    const { device, newFacts } = identified;
    const { operationId, executionArn } = device.current ?? {};
    const log = deps.log.with({ ...envelope, operationId, executionArn });
    if (await isOfEarlierOperation(deps, device, message)) {
      await deps.send(protocol.askVersion(device, Math.max(deps.now(), receivedAt)));
      log.info('A boot of an earlier operation, reported late: asked for the version');
    } else {
      const isNewVersion = 'firmwareVersion' in newFacts;
      const context = { deps, protocol, device, receivedAt, isNewVersion, log };
      await handle(context, message);
      const facts = { ...newFacts, ...reachedTarget(context, message) };
      // After the domain message: if that could not be published, the repeated message must still find the version new.
      const isChanged = Object.keys(facts).length > 0;
      const known = isChanged ? await deps.devices.learn(incoming.thingName, facts, receivedAt) : device;
      await reportVersion({ ...context, device: known }, message);
    }
    for (const reply of replies?.(device) ?? []) await deps.send(reply);
    // One that does not report its connection shows it with every message.
    if (incoming.isReady || connectedAt(device) === undefined) await endAwaited(deps, device, log);
  };
