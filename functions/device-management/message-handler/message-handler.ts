import type { Device } from '../devices';
import { type Facts, type Incoming, protocolNamed, type DeviceProtocol, UnusableMessageError } from '../protocol';
import type { Context, MessageHandlerDeps } from './context';
import { onBoot, onVersion } from './outcome';
import { onAnswer, onOperationComplete, onTransferComplete } from './progress';

const handle = async (context: Context, message: Incoming['message']): Promise<void> => {
  const { deps, protocol, device, log } = context;
  switch (message.kind) {
    case 'connected': {
      const requests = protocol.ensureReachable(device, deps.now());
      for (const request of requests) await deps.send(request);
      return log.info('Connected: asked for subscriptions and inventory', { requests: requests.length });
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
      return onVersion(context, message);
    case 'subscriptions-refused':
      for (const request of message.requests(device)) await deps.send(request);
      return log.info('The device refuses the subscriptions in one request: asked one by one');
    case 'nothing':
      return log.info(message.what);
    case 'other':
      return log.count('UnusedMessages', `Not used: ${message.what}`);
  }
};

/** What a rule passes on about a message, whatever its protocol. */
const envelopeOf = (event: unknown): { thingName?: unknown; topic?: unknown; protocol?: string } => {
  if (typeof event !== 'object' || event === null) return {};
  const { thingName, topic, protocol } = Object.fromEntries(Object.entries(event));
  return { thingName, topic, ...(typeof protocol === 'string' && { protocol }) };
};

/** A message that names its operation can be handled without what was written about the device a moment ago. */
const namesOperation = (message: Incoming['message']) => 'operationId' in message && message.operationId !== '';

/** Facts of an answer are used by the second command of two only. */
const usesFacts = (message: Incoming['message'], { current }: Device) =>
  message.kind !== 'answer' || current?.awaitsBoot === false;

/**
 * The device, and the facts of its message that are not known yet.
 * @returns undefined when the message comes under another name than the device gave when it connected
 */
const identify = async (
  { devices }: MessageHandlerDeps,
  protocol: DeviceProtocol,
  { thingName, sender, message, learnt = {} }: Incoming,
): Promise<{ readonly device: Device; readonly newFacts: Facts } | undefined> => {
  // A device that connects gives its name and its address, which the answer needs.
  if (message.kind === 'connected' && Object.keys(learnt).length > 0)
    return { device: await devices.learn(thingName, learnt), newFacts: {} };
  const device = await devices.read(thingName, !namesOperation(message));
  const name = protocol.senderOf(device);
  if (name !== undefined && sender !== undefined && sender !== name) return undefined;
  const facts = usesFacts(message, device) ? Object.entries(learnt) : [];
  return { device, newFacts: Object.fromEntries(facts.filter(([fact, value]) => device.facts[fact] !== value)) };
};

/**
 * Turns what a device sends into domain messages. A message that cannot be used is logged with thing and topic, counted and
 * dropped. A device that waits for a receipt gets it after its domain message is published, and repeats its message until then.
 * @throws whatever AWS answers; Lambda tries again
 */
export const handleDeviceMessage =
  (deps: MessageHandlerDeps) =>
  async (event: unknown): Promise<void> => {
    const { protocol: name, ...envelope } = envelopeOf(event);
    const protocol = protocolNamed(deps.protocols, name);
    if (!protocol) return deps.log.count('UnusableDeviceMessages', `Unknown protocol ${name ?? ''}`, envelope);
    let incoming: Incoming;
    try {
      incoming = protocol.interpret(event);
    } catch (error) {
      if (!(error instanceof UnusableMessageError)) throw error;
      return deps.log.count('UnusableDeviceMessages', error.message, envelope);
    }
    const identified = await identify(deps, protocol, incoming);
    if (!identified)
      return deps.log.count('SpoofedSenders', `Refused: the device is not ${incoming.sender ?? ''}`, envelope);
    const { device, newFacts } = identified;
    const { operationId, executionArn } = device.current ?? {};
    const log = deps.log.with({ ...envelope, operationId, executionArn });
    await handle({ deps, protocol, device, isNewVersion: 'firmwareVersion' in newFacts, log }, incoming.message);
    // After the domain message: if that could not be published, the repeated message must still find the version new.
    if (Object.keys(newFacts).length > 0) await deps.devices.learn(incoming.thingName, newFacts);
    if (incoming.receipt) await deps.send(incoming.receipt(device));
  };
