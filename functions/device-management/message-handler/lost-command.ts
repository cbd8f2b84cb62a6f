import { isBeingSent } from '../command';
import { type CurrentCommand, isAnswered, isUnanswered, NOT_RECEIVED } from '../devices';
import type { Downloads, Fault } from '../protocol';
import { noteBegun, reportAnswer } from './begun';
import type { Context, Message } from './context';

/** Whether a download has begun, by what the device shows; undefined when that does not tell. */
const hasBegun = (
  { operationId, firmwareVersion }: CurrentCommand,
  { running, isBusy, versions }: Downloads,
): boolean | undefined => {
  if (running.includes(operationId)) return true;
  // The download may be another controller's.
  if (isBusy && running.length > 0) return undefined;
  return isBusy || versions.includes(firmwareVersion);
};

const LOST: Fault = {
  faultCode: NOT_RECEIVED,
  faultString: 'The command did not reach the device.',
  isTemporary: true,
};

/**
 * Whether a device that has not answered can tell whether it has the command. One that is being sent may reach it later, unless
 * its task has timed out: the broker no longer delivers it.
 */
const canTell = (current: CurrentCommand, at: number): boolean =>
  isUnanswered(current) && current.askedAt <= at && (current.enteredAt > current.askedAt || !isBeingSent(current, at));

/**
 * A device that has connected may have lost a command with its last connection: one that has not answered is asked whether it has
 * the download.
 */
export const lookForCommand = async ({ deps, protocol, device, log }: Context): Promise<void> => {
  const { current } = device;
  const now = deps.now();
  if (!protocol.askDownloads || current?.command !== 'download') return;
  if (current.isOver || current.reached || isAnswered(current) || !canTell(current, now)) return;
  await deps.send(protocol.askDownloads(device, now));
  log.info('Connected before it answered: asked whether it has the command');
};

/**
 * The device shows its downloads. A command that has begun counts as accepted. One that has not reached the device is refused for
 * now, and the workflow asks again after a pause. That makes no second download. When the workflow asked, the command has expired in
 * the broker (`messageExpiry`). When the device connected, the command was published before the question, and was lost with the
 * connection that it was for; a broker that keeps it may deliver it after the question all the same, as AWS IoT guarantees no order
 * (https://docs.aws.amazon.com/iot/latest/developerguide/mqtt.html). Then its answer or any event of it, which come in the pause,
 * overrule this, and an agent at work refuses another download. Whatever the device does not show clearly is not acted upon.
 */
export const onDownloads = async (
  context: Context,
  { firmwareVersion, asOf, downloads }: Message<'version'>,
): Promise<void> => {
  const { deps, device, log } = context;
  const { current, thingName } = device;
  if (!downloads || asOf === undefined || current?.command !== 'download') return;
  if (firmwareVersion === current.firmwareVersion) return;
  const begun = hasBegun(current, downloads);
  if (begun === undefined) return log.info('The device does not show whether it has the command');
  if (begun) return noteBegun(context, current.operationId, 'download');
  if (current.isOver || !canTell(current, asOf)) return;
  log.warn('The command did not reach the device: the workflow asks again');
  // Before it is recorded: the message that comes again, because this function died, finds nothing recorded and reports it.
  await reportAnswer(context, current, LOST);
  await deps.devices.markLost(thingName, current, LOST);
};
