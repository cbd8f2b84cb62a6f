import { noteBegun, takeAnswer } from './begun';
import { about, type Context, measureStep, type Message, outcome, unnamedOperation } from './context';
import { noteDownloaded, takeKeptBoot } from './outcome';

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

/** The device has transferred the file. Without a command key the event is about the current operation. */
export const onTransferComplete = async (
  context: Context,
  { operationId, fault }: Message<'transfer-complete'>,
): Promise<void> => {
  const { deps, device, log } = context;
  const id = operationId || unnamedOperation(context);
  if (id === undefined) return log.count('UncorrelatedEvents', 'A transfer without an operation');
  await noteBegun(context, id, 'download');
  const noted = fault ? undefined : await noteDownloaded(context, id);
  await deps.publish({ name: 'FIRMWARE_TRANSFERRED', ...about(device, id), ...outcome(fault) });
  if (noted) await takeKeptBoot(noted);
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
  const id = operationId || unnamedOperation(context);
  if (id === undefined) return log.count('UncorrelatedEvents', `The end of a ${command} without an operation`);
  await noteBegun(context, id, command);
  if (command === 'activate') {
    if (!fault || fault.faultCode === INTERRUPTED) return log.info('The activation has ended: the boot decides');
    return deps.publish({ name: 'ACTIVATION_FAILED', ...about(device, id), ...fault });
  }
  const noted = fault ? undefined : await noteDownloaded(context, id);
  await deps.publish({ name: 'DOWNLOAD_OPERATION_DONE', ...about(device, id), ...outcome(fault) });
  if (noted) await takeKeptBoot(noted);
  measureStep(context, 'OperationSeconds', id);
};
