import type { Log } from '../../shared/log';
import type { LatencyMetric } from '../../shared/metrics';
import { publishAnswer } from '../answer';
import type { CommandDeps } from '../command';
import type { Device, Running } from '../devices';
import {
  type DeviceProtocol,
  type Facts,
  type Fault,
  type Incoming,
  protocolNamed,
  UnusableMessageError,
} from '../protocol';

export interface MessageHandlerDeps extends CommandDeps {
  readonly log: Log;
}

const outcome = (fault: Fault | undefined) =>
  fault ? { status: 'FAIL' as const, ...fault } : { status: 'SUCCESS' as const };

/** Fields of a message about an operation; the execution is known for the running one. */
const about = ({ thingName, running }: Device, id: string) => ({
  id,
  operationId: id,
  thingName,
  ...(id === running?.operationId && running.executionArn !== undefined && { executionArn: running.executionArn }),
});

interface Context {
  readonly deps: MessageHandlerDeps;
  readonly protocol: DeviceProtocol;
  readonly device: Device;
  readonly log: Log;
  /** Whether the version that the message names was not known before. */
  readonly isNews: boolean;
  /** Records the seconds since the running operation was asked for. */
  readonly took: (metric: LatencyMetric, operationId: string) => void;
}

type Message<Kind extends Incoming['message']['kind']> = Extract<Incoming['message'], { kind: Kind }>;

const takeAnswer = async ({ deps, device }: Context, running: Running, fault: Fault | undefined): Promise<void> => {
  const operation = await deps.devices.answered(device.thingName, running, fault);
  if (operation === undefined) return;
  for (const token of operation.tokens) await publishAnswer(deps.publish, device.thingName, operation, token);
};

const onAnswer = async (
  context: Context,
  { requestId, fault, completed = false }: Message<'answer'>,
): Promise<void> => {
  const { deps, device, log, took } = context;
  const { running } = device;
  if (running?.requestId !== requestId)
    return log.count('UnexpectedAnswers', 'An answer to no pending request', { requestId });
  await takeAnswer(context, running, fault);
  // Where a boot follows, the boot decides.
  if (completed && running.command === 'download' && !running.awaitsBoot)
    await deps.publish({ name: 'DOWNLOAD_OPERATION_DONE', ...about(device, running.operationId), status: 'SUCCESS' });
  if (running.command === 'download') took('DownloadStartSeconds', running.operationId);
};

/** What a device tells of a command says that it has begun, if the answer that said so was lost. Looked up once per command. */
const noteBegun = async (context: Context, id: string, command = context.device.running?.command): Promise<void> => {
  const { deps, device, log } = context;
  const { running } = device;
  if (running?.operationId !== id || running.command !== command) return;
  // Then its answer was looked for before.
  if (command === 'download' && running.downloaded) return;
  if (!(await deps.devices.isUnanswered(device.thingName, running))) return;
  log.info(`The device tells of a ${command} that it has not answered: it has begun`);
  await takeAnswer(context, running, undefined);
};

/** Remembers, once, that the running operation's firmware is on the device: from then on any boot may be the one. */
const noteDownload = async ({ deps, device }: Context, id: string, fault: Fault | undefined): Promise<void> => {
  if (fault === undefined && device.running?.operationId === id && !device.running.downloaded)
    await deps.devices.note(device.thingName, id, 'downloaded');
};

const onTransferComplete = async (
  context: Context,
  { operationId, fault }: Message<'transfer-complete'>,
): Promise<void> => {
  const { deps, device, log, took } = context;
  // Without a name it is the running operation's.
  const id = operationId || device.running?.operationId;
  if (id === undefined) return log.count('UncorrelatedEvents', 'A transfer without an operation');
  await noteBegun(context, id, 'download');
  await noteDownload(context, id, fault);
  await deps.publish({ name: 'FIRMWARE_TRANSFERRED', ...about(device, id), ...outcome(fault) });
  took('TransferSeconds', id);
};

/** What agents report of a command that the reboot it asked for cut off. */
const CUT_OFF_BY_REBOOT = '7022';

const onOperationComplete = async (
  context: Context,
  { command, operationId, fault }: Message<'operation-complete'>,
): Promise<void> => {
  const { deps, device, log, took } = context;
  const id = operationId || device.running?.operationId;
  if (id === undefined) return log.count('UncorrelatedEvents', `The end of a ${command} without an operation`);
  await noteBegun(context, id, command);
  if (command === 'activate') {
    if (!fault || fault.faultCode === CUT_OFF_BY_REBOOT) return log.info('Activation is done, the boot decides');
    return deps.publish({ name: 'ACTIVATION_FAILED', ...about(device, id), ...fault });
  }
  await noteDownload(context, id, fault);
  await deps.publish({ name: 'DOWNLOAD_OPERATION_DONE', ...about(device, id), ...outcome(fault) });
  took('OperationSeconds', id);
};

const tellBoot = async (context: Context, id: string, firmwareUpdated: boolean, firmwareVersion: string) => {
  const { deps, device, took } = context;
  await noteBegun(context, id);
  const status = firmwareUpdated ? 'SUCCESS' : 'FAIL';
  await deps.publish({ name: 'DEVICE_REBOOTED', ...about(device, id), status, firmwareVersion });
  took('RebootSeconds', id);
};

/** The operation that a boot belongs to: the running one, which it may name or not, once it is to boot. */
const operationOfBoot = (running: Running | undefined, operationId: string) =>
  running?.awaitsBoot && (operationId === '' || operationId === running.operationId) ? running.operationId : undefined;

const onBoot = async (context: Context, message: Message<'boot'>): Promise<void> => {
  const { deps, protocol, device, log } = context;
  const wanted = message.firmwareVersion !== undefined && message.firmwareVersion === device.running?.firmwareVersion;
  // The version that was wanted is the operation's, whatever command key comes with it.
  const id = operationOfBoot(device.running, wanted ? '' : message.operationId);
  if (id === undefined) return log.info('A boot that no operation waits for');
  // It may have rebooted for a reason of its own, even before it was asked: without firmware that is no verdict.
  const itsOwn = message.operationId === '' && !wanted && device.running?.downloaded !== true;
  if (itsOwn && message.firmwareVersion !== undefined)
    return log.info('A boot of its own, before the firmware was there');
  if (message.firmwareVersion !== undefined)
    return tellBoot(context, id, message.firmwareUpdated, message.firmwareVersion);
  // It does not say into what: the answer to this question does, or a notification that the version changed.
  if (!itsOwn) await deps.devices.note(device.thingName, id, 'booted');
  await deps.send(protocol.askVersion(device, deps.now()));
  log.info('A boot without a version: asked for it');
};

/**
 * A version that the device told without a boot. After a boot that named none it decides; otherwise only the version that was
 * wanted does (a boot that was not told of), because any other is what the device ran before.
 */
const onVersion = async (context: Context, { firmwareVersion, asOf }: Message<'version'>): Promise<void> => {
  const { running } = context.device;
  const id = operationOfBoot(running, '');
  if (running === undefined || id === undefined) return;
  // Agents tell a new version twice, in Boot! and as a changed value: once is enough.
  if (!context.isNews && !running.booted) return;
  if (asOf !== undefined && asOf < running.askedAt) return;
  const wanted = firmwareVersion === running.firmwareVersion;
  if (wanted || running.booted) await tellBoot(context, id, wanted, firmwareVersion);
};

const handle = async (context: Context, message: Incoming['message']): Promise<void> => {
  const { deps, protocol, device, log } = context;
  switch (message.kind) {
    case 'connected': {
      const requests = protocol.ensureReachable(device, deps.now());
      for (const request of requests) await deps.send(request);
      return log.info('Connected: subscriptions and inventory asked for', { requests: requests.length });
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
    case 'unreachable':
      for (const request of message.requests(device)) await deps.send(request);
      return log.info('Subscriptions are refused together: asked for one by one');
    case 'nothing':
      return log.info(message.what);
    case 'other':
      return log.count('UnusedMessages', `Not used: ${message.what}`);
  }
};

/** What a rule says about a message before anybody understands it. */
const envelopeOf = (event: unknown): { thingName?: unknown; topic?: unknown; protocol?: string } => {
  if (typeof event !== 'object' || event === null) return {};
  const { thingName, topic, protocol } = Object.fromEntries(Object.entries(event));
  return { thingName, topic, ...(typeof protocol === 'string' && { protocol }) };
};

/** What names its operation does not need to know what the device was asked for a moment ago. */
const namesOperation = (message: Incoming['message']) => 'operationId' in message && message.operationId !== '';

/** What is known of the device, and what of its message is new; `spoofed` when it goes by another name than before. */
const knownOf = async (
  { devices }: MessageHandlerDeps,
  protocol: DeviceProtocol,
  { thingName, sender, message, learnt = {} }: Incoming,
): Promise<{ readonly device: Device; readonly news: Facts } | 'spoofed'> => {
  // Connecting is how a device tells its name and its address, which the answer needs; later it has that name.
  if (message.kind === 'connected' && Object.keys(learnt).length > 0)
    return { device: await devices.learn(thingName, learnt), news: {} };
  const device = await devices.read(thingName, !namesOperation(message));
  const name = protocol.senderOf(device);
  if (name !== undefined && sender !== undefined && sender !== name) return 'spoofed';
  // What an answer tells matters to the second command of two only.
  const matters = message.kind !== 'answer' || device.running?.awaitsBoot === false;
  const news = Object.entries(matters ? learnt : {}).filter(([fact, value]) => device.facts[fact] !== value);
  return { device, news: Object.fromEntries(news) };
};

/**
 * Turns what a device says into domain messages. A message that cannot be used is logged with thing and topic, counted and
 * dropped. A device that waits for a receipt gets it after its domain message is out, so that it repeats it until then.
 * @throws whatever AWS answers; Lambda tries again
 */
export const handleDeviceMessage =
  (deps: MessageHandlerDeps) =>
  async (event: unknown): Promise<void> => {
    const { protocol: name, ...where } = envelopeOf(event);
    const protocol = protocolNamed(deps.protocols, name);
    if (!protocol) return deps.log.count('UnusableDeviceMessages', `Unknown protocol ${name ?? ''}`, where);
    let incoming: Incoming;
    try {
      incoming = protocol.interpret(event);
    } catch (error) {
      if (!(error instanceof UnusableMessageError)) throw error;
      return deps.log.count('UnusableDeviceMessages', error.message, where);
    }
    const known = await knownOf(deps, protocol, incoming);
    if (known === 'spoofed')
      return deps.log.count('SpoofedSenders', `Refused: the device is not ${incoming.sender ?? ''}`, where);
    const { device, news } = known;
    const isNews = 'firmwareVersion' in news;
    const { running } = device;
    const log = deps.log.with({ ...where, jobId: running?.operationId, executionArn: running?.executionArn });
    const took = (metric: LatencyMetric, operationId: string) => {
      if (running && operationId === running.operationId)
        log.measure({ [metric]: (deps.now() - running.askedAt) / 1000 }, `Device tells of ${incoming.message.kind}`);
    };
    await handle({ deps, protocol, device, isNews, log, took }, incoming.message);
    // Afterwards: when the domain message does not get out, the repetition must still find it new.
    if (Object.keys(news).length > 0) await deps.devices.learn(incoming.thingName, news);
    if (incoming.receipt) await deps.send(incoming.receipt(device));
  };
