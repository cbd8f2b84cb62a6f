import { publishAnswer } from '../answer';
import type { CurrentCommand } from '../devices';
import type { Fault } from '../protocol';
import type { Context } from './context';

/** Records the device's answer to its current command, and reports it to every task that waits for it. */
export const takeAnswer = async (
  { deps, device }: Context,
  current: CurrentCommand,
  fault: Fault | undefined,
): Promise<void> => {
  const operation = await deps.devices.recordAnswer(device.thingName, current, fault);
  for (const token of operation?.tokens ?? [])
    if (operation) await publishAnswer(deps.publish, device.thingName, operation, token);
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
  if (command === 'download' && current.downloadedAt !== undefined) return;
  if (!(await deps.devices.isUnanswered(device.thingName, current))) return;
  log.info(`An event of a ${command} that the device has not answered: it has begun`);
  await takeAnswer(context, current, undefined);
};
