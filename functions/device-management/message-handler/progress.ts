import { publishAnswer } from '../answer';
import type { CurrentCommand } from '../devices';
import type { Fault } from '../protocol';
import { about, type Context, measureStep, type Message, outcome } from './context';

const takeAnswer = async (
  { deps, device }: Context,
  current: CurrentCommand,
  fault: Fault | undefined,
): Promise<void> => {
  const operation = await deps.devices.recordAnswer(device.thingName, current, fault);
  for (const token of operation?.tokens ?? [])
    if (operation) await publishAnswer(deps.publish, device.thingName, operation, token);
};

/** The device answers a command. */
export const onAnswer = async (
  context: Context,
  { requestId, fault, completed = false }: Message<'answer'>,
): Promise<void> => {
  const { deps, device, log } = context;
  const { current } = device;
  if (current?.requestId !== requestId)
    return log.count('UnexpectedAnswers', 'An answer to no pending request', { requestId });
  await takeAnswer(context, current, fault);
  if (current.command !== 'download') return;
  // Where a boot follows, the boot decides.
  if (completed && !current.awaitsBoot)
    await deps.publish({ name: 'DOWNLOAD_OPERATION_DONE', ...about(device, current.operationId), status: 'SUCCESS' });
  measureStep(context, 'DownloadStartSeconds', current.operationId);
};

/**
 * An event of a command shows that the device has begun it, in case the answer that said so was lost. Looked up once per
 * command.
 */
export const noteBegun = async (
  context: Context,
  id: string,
  command = context.device.current?.command,
): Promise<void> => {
  const { deps, device, log } = context;
  const { current } = device;
  if (current?.operationId !== id || current.command !== command) return;
  // The event that reported the download has looked for the answer already.
  if (command === 'download' && current.downloaded) return;
  if (!(await deps.devices.isUnanswered(device.thingName, current))) return;
  log.info(`An event of a ${command} that the device has not answered: it has begun`);
  await takeAnswer(context, current, undefined);
};

/** Remembers, once, that the firmware of the current command is on the device: from then on any boot may be into it. */
const noteDownload = async ({ deps, device }: Context, id: string, fault: Fault | undefined): Promise<void> => {
  const { current, thingName } = device;
  if (fault === undefined && current?.operationId === id && !current.downloaded)
    await deps.devices.markProgress(thingName, id, 'downloaded');
};

/** The device has transferred the file. Without a command key the event is about the current operation. */
export const onTransferComplete = async (
  context: Context,
  { operationId, fault }: Message<'transfer-complete'>,
): Promise<void> => {
  const { deps, device, log } = context;
  const id = operationId || device.current?.operationId;
  if (id === undefined) return log.count('UncorrelatedEvents', 'A transfer without an operation');
  await noteBegun(context, id, 'download');
  await noteDownload(context, id, fault);
  await deps.publish({ name: 'FIRMWARE_TRANSFERRED', ...about(device, id), ...outcome(fault) });
  measureStep(context, 'TransferSeconds', id);
};

/** What agents report of a command that was interrupted by the reboot it asked for (TR-369, error codes: command failure). */
const INTERRUPTED = '7022';

/** The device has ended a command. */
export const onOperationComplete = async (
  context: Context,
  { command, operationId, fault }: Message<'operation-complete'>,
): Promise<void> => {
  const { deps, device, log } = context;
  const id = operationId || device.current?.operationId;
  if (id === undefined) return log.count('UncorrelatedEvents', `The end of a ${command} without an operation`);
  await noteBegun(context, id, command);
  if (command === 'activate') {
    if (!fault || fault.faultCode === INTERRUPTED) return log.info('The activation has ended: the boot decides');
    return deps.publish({ name: 'ACTIVATION_FAILED', ...about(device, id), ...fault });
  }
  await noteDownload(context, id, fault);
  await deps.publish({ name: 'DOWNLOAD_OPERATION_DONE', ...about(device, id), ...outcome(fault) });
  measureStep(context, 'OperationSeconds', id);
};
