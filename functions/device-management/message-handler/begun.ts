import { publishAnswer } from '../answer';
import { type CurrentCommand, isUnanswered } from '../devices';
import type { Fault } from '../protocol';
import type { Context } from './context';

/** Reports the answer to a command to every task that waits for it. */
export const reportAnswer = async (
  { deps, device }: Pick<Context, 'deps' | 'device'>,
  current: CurrentCommand,
  fault: Fault | undefined = current.fault,
): Promise<void> => {
  for (const token of current.tokens) await publishAnswer(deps.publish, device.thingName, { ...current, fault }, token);
};

/** An event of a command shows that the device has begun it, in case the answer that said so was lost. */
export const noteBegun = async (
  context: Context,
  id: string,
  command = context.device.current?.command,
): Promise<void> => {
  const { deps, device, log } = context;
  const { current } = device;
  if (current?.operationId !== id || current.command !== command || !isUnanswered(current)) return;
  log.info(`An event of a ${command} that the device has not answered: it has begun`);
  // Before it is recorded: the event that comes again, because this function died, finds no recorded answer and reports it.
  await reportAnswer(context, { ...current, fault: undefined });
  const known = await deps.devices.recordAnswer(device.thingName, current.requestId, undefined);
  const tokens = known.isDone ? (known.device.current?.tokens ?? []) : [];
  const late = tokens.filter((token) => !current.tokens.includes(token));
  await reportAnswer(context, { ...current, fault: undefined, tokens: late });
};
