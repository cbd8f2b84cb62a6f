import { publishAnswer } from '../answer';
import { type CurrentCommand, isUnanswered, type Operation } from '../devices';
import type { Fault } from '../protocol';
import type { Context } from './context';

/** Reports the answer to a command to every task that waits for it. @param known tasks that know it */
export const reportAnswer = async (
  { deps, device }: Context,
  operation: Operation,
  known: readonly string[] = [],
): Promise<void> => {
  for (const token of operation.tokens)
    if (!known.includes(token)) await publishAnswer(deps.publish, device.thingName, operation, token);
};

/**
 * Records the device's answer to its current command, and reports it to every task that waits for it.
 * @param known tasks that know it
 */
export const takeAnswer = async (
  context: Context,
  current: CurrentCommand,
  fault: Fault | undefined,
  known: readonly string[] = [],
): Promise<void> => {
  const operation = await context.deps.devices.recordAnswer(context.device.thingName, current, fault);
  if (operation) await reportAnswer(context, operation, known);
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
  const operation = await deps.devices.readCommand(device.thingName, current, false);
  if (!isUnanswered(operation)) return;
  log.info(`An event of a ${command} that the device has not answered: it has begun`);
  // Before it is recorded: the event that comes again, because this function died, finds no recorded answer and reports it.
  await reportAnswer(context, { ...operation, fault: undefined });
  await takeAnswer(context, current, undefined, operation.tokens);
};
