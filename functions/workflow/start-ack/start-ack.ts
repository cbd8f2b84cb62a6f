import type { Log } from '../../shared/log';
import type { MessageOf } from '../../shared/messages';
import type { Tasks } from '../tasks';

type Answer = MessageOf<
  | 'DEVICE_CONNECTED'
  | 'OUTCOME_RECORDED'
  | 'DEVICE_STARTED_DOWNLOAD_SUCCESS'
  | 'DEVICE_STARTED_DOWNLOAD_FAIL'
  | 'DEVICE_STARTED_ACTIVATION_SUCCESS'
  | 'DEVICE_STARTED_ACTIVATION_FAIL'
>;

/** Resolves the task that waits for the device's connection or its answer to a command, or for the job execution's outcome. */
export const startAck =
  (tasks: Tasks) =>
  async (message: Answer, log: Log): Promise<void> => {
    const { name, token } = message;
    if (
      name === 'DEVICE_CONNECTED' ||
      name === 'OUTCOME_RECORDED' ||
      name === 'DEVICE_STARTED_DOWNLOAD_SUCCESS' ||
      name === 'DEVICE_STARTED_ACTIVATION_SUCCESS'
    ) {
      await tasks.succeed(token, { status: 'SUCCESS', token }, log);
      return;
    }
    const { faultCode, faultString } = message;
    // A command that the device was not asked for is refused with a name of our own, not with a code of its protocol.
    const error = faultCode !== undefined && /^[A-Za-z_]+$/.test(faultCode) ? faultCode : name;
    await tasks.fail(token, error, [faultCode, faultString].filter(Boolean).join(': ') || name, log);
  };
