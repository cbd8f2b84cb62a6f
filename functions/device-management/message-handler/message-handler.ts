import type { Log } from '../../shared/log';
import { endAwaited, onPresence, PRESENCE } from '../connection';
import type { Sender } from '../devices';
import { type DeviceProtocol, type Incoming, protocolNamed, UnusableMessageError } from '../protocol';
import { connectedAt, type Context, type Message, type MessageHandlerDeps } from './context';
import { identify } from './identify';
import { lookForCommand, onDownloads } from './lost-command';
import { onBoot, onVersion, takeKeptBoot } from './outcome';
import { isSelfContained, onAnswer, onProgress, onSelfContained } from './progress';
import { tryTarget } from './target';
import { reportVersion } from './version';

const handle = async (context: Context, message: Exclude<Incoming['message'], { kind: 'answer' }>): Promise<void> => {
  const { deps, protocol, device, log } = context;
  switch (message.kind) {
    case 'connected': {
      const requests = protocol.ensureReachable(device, deps.now());
      for (const request of requests) await deps.send(request);
      log.info('Connected: asked for what it has', { requests: requests.length });
      await lookForCommand(context);
      return takeKeptBoot(context);
    }
    case 'transfer-complete':
    case 'operation-complete':
      return onProgress(context, message);
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

/** What a message is handled with, before the device is known. */
type Start = Omit<Context, 'device'>;

/** A message that is about the device as it is known. @returns what it was handled with; undefined when it is not the device's */
const handleKnown = async (
  start: Start,
  incoming: Incoming,
  message: Exclude<Incoming['message'], { kind: 'answer' }>,
): Promise<Context | undefined> => {
  const { deps, protocol, receivedAt } = start;
  const tried = await tryTarget(start, incoming);
  if (tried.reached) return tried.reached;
  const identified = await identify(start, incoming, tried.device);
  if (!identified) return undefined;
  const { device, newFacts } = identified;
  const { operationId, executionArn } = device.current ?? {};
  const context = { ...start, device, log: start.log.with({ operationId, executionArn }) };
  if (identified.isOfEarlierOperation) {
    await deps.send(protocol.askVersion(device, Math.max(deps.now(), receivedAt)));
    context.log.info('A boot of an earlier operation, reported late: asked for the version');
    return context;
  }
  const { reached } = await tryTarget(context, incoming, device);
  if (reached) return reached;
  await handle(context, message);
  // After the domain message: if that could not be published, the repeated message must still find the version new.
  const isChanged = Object.keys(newFacts).length > 0;
  const known = isChanged ? await deps.devices.learn(incoming.thingName, newFacts, receivedAt) : device;
  await reportVersion({ ...context, device: known }, message);
  return context;
};

/** @returns what the message was handled with; undefined when it is not the device's */
const handleMessage = async (start: Start, incoming: Incoming): Promise<Context | undefined> => {
  const { message, learnt } = incoming;
  if (message.kind === 'answer') {
    const context = await onAnswer(start, incoming, message);
    // Used by the second command of two only.
    if (learnt && context?.device.current?.awaitsBoot === false)
      await start.deps.devices.learn(incoming.thingName, learnt, start.receivedAt);
    return context;
  }
  return handleKnown(start, incoming, message);
};

/** Sends what follows from a message that is handled, and ends waits for the device's connection. */
const follow = async ({ deps, device, log }: Context, { receipts, replies, isReady }: Incoming): Promise<void> => {
  for (const reply of [...(replies?.(device) ?? []), ...(receipts ?? [])]) await deps.send(reply);
  // One that does not report its connection shows it with every message.
  if (isReady || connectedAt(device) === undefined) await endAwaited(deps, device, log);
};

const senderOf = ({ senderFact }: DeviceProtocol, { sender }: Incoming): Sender | undefined =>
  senderFact !== undefined && sender !== undefined ? { fact: senderFact, name: sender } : undefined;

/** @returns undefined for a message that cannot be used, which is counted */
const interpreted = ({ protocol, log }: Pick<Start, 'protocol' | 'log'>, event: unknown): Incoming | undefined => {
  try {
    return protocol.interpret(event);
  } catch (error) {
    if (!(error instanceof UnusableMessageError)) throw error;
    log.count('UnusableDeviceMessages', error.message);
    return undefined;
  }
};

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
    const log = deps.log.with(envelope);
    const protocol = protocolNamed(deps.protocols, name);
    if (!protocol) return log.count('UnusableDeviceMessages', `Unknown protocol ${name ?? ''}`);
    const incoming = interpreted({ protocol, log }, event);
    if (!incoming) return;
    const { message, learnt, replies, receipts = [] } = incoming;
    const start = { deps, protocol, log, receivedAt, sender: senderOf(protocol, incoming) };
    if (!replies && isSelfContained(message)) {
      await onSelfContained(start, incoming, message);
      for (const receipt of receipts) await deps.send(receipt);
      return;
    }
    // Nothing needs to be known of the device.
    if ((message.kind === 'nothing' || message.kind === 'other') && !learnt && !replies && receipts.length === 0)
      return logUnused(log, message);
    const context = await handleMessage(start, incoming);
    if (!context) return log.count('SpoofedSenders', `Refused: the device is not ${incoming.sender ?? ''}`);
    await follow(context, incoming);
  };
