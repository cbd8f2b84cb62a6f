import { isFrom } from '../devices';
import type { Incoming } from '../protocol';
import { noteBegun, reportAnswer } from './begun';
import { about, type Context, type Message, type MessageHandlerDeps, outcome, unnamedOperation } from './context';

/**
 * The device answers a command: recorded by one write, which also tells which tasks wait for it.
 * @returns the device; undefined when the message bears another name than the device's
 */
export const onAnswer = async (
  context: Omit<Context, 'device'>,
  { thingName }: Incoming,
  { requestId, fault, completed = false }: Message<'answer'>,
): Promise<Context | undefined> => {
  const { deps, log: unnamed, receivedAt, sender } = context;
  const { isDone, device } = await deps.devices.recordAnswer(thingName, requestId, fault, sender);
  const { current } = device;
  const log = unnamed.with({ operationId: current?.operationId, executionArn: current?.executionArn });
  const known = { ...context, device, log };
  if (!isFrom(device, sender)) return undefined;
  if (current?.requestId !== requestId) {
    log.count('UnexpectedAnswers', 'An answer to no pending request', { requestId });
    return known;
  }
  if (!isDone) return known;
  await reportAnswer(known, current);
  if (current.command !== 'download') return known;
  // Where a boot follows, the boot decides.
  if (completed && !current.awaitsBoot)
    await deps.publish({
      ...{ name: 'DOWNLOAD_OPERATION_DONE', ...about(device, current.operationId), status: 'SUCCESS', receivedAt },
    });
  log.measure({ DownloadStartSeconds: (receivedAt - current.askedAt) / 1000 }, 'The device has answered the command');
  return known;
};

type Progress = Message<'transfer-complete' | 'operation-complete'>;

/** Whether a message about a download tells all that the workflow needs: its operation, and success. */
export const isSelfContained = (message: Incoming['message']): message is Progress =>
  (message.kind === 'transfer-complete' || (message.kind === 'operation-complete' && message.command === 'download')) &&
  message.operationId !== '' &&
  message.fault === undefined;

const nameOf = ({ kind }: Progress) =>
  kind === 'transfer-complete' ? ('FIRMWARE_TRANSFERRED' as const) : ('DOWNLOAD_OPERATION_DONE' as const);

/**
 * The firmware is on the device, says a message that names its operation: the workflow keeps it under that. Nothing is looked up.
 * Should the answer to the command be lost, the workflow asks again, and the device shows that it has begun.
 */
export const onSelfContained = async (
  { deps, log, receivedAt }: { readonly deps: MessageHandlerDeps } & Pick<Context, 'log' | 'receivedAt'>,
  { thingName }: Incoming,
  message: Progress,
): Promise<void> => {
  const { operationId } = message;
  await deps.publish({ name: nameOf(message), id: operationId, operationId, thingName, status: 'SUCCESS', receivedAt });
  log.info(`Reported: ${nameOf(message)}`);
};

/** What agents report of a command that was interrupted by the reboot it asked for (TR-369, error codes: command failure). */
const INTERRUPTED = '7022';

/** The device has transferred the file, or ended a command. Without a command key the event is about the current operation. */
export const onProgress = async (context: Context, message: Progress): Promise<void> => {
  const { deps, device, log, receivedAt } = context;
  const { operationId, fault } = message;
  const id = operationId || unnamedOperation(context);
  if (id === undefined) return log.count('UncorrelatedEvents', `A ${message.kind} without an operation`);
  const command = message.kind === 'transfer-complete' ? 'download' : message.command;
  await noteBegun(context, id, command);
  if (command === 'download')
    return deps.publish({ name: nameOf(message), ...about(device, id), ...outcome(fault), receivedAt });
  if (!fault || fault.faultCode === INTERRUPTED) return log.info('The activation has ended: the boot decides');
  await deps.publish({ name: 'ACTIVATION_FAILED', ...about(device, id), ...fault });
};
