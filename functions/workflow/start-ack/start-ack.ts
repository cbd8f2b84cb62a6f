import type { Log } from '../../shared/log';
import type { MessageOf } from '../../shared/messages';
import type { Tasks } from '../tasks';

type Answer = MessageOf<
  | 'DEVICE_STARTED_DOWNLOAD_SUCCESS'
  | 'DEVICE_STARTED_DOWNLOAD_FAIL'
  | 'DEVICE_STARTED_ACTIVATION_SUCCESS'
  | 'DEVICE_STARTED_ACTIVATION_FAIL'
>;

/** Resolves the task of StartDownload, StageFirmware or ActivateFirmware with the device's answer to the command. */
export const startAck =
  (tasks: Tasks) =>
  async (message: Answer, log: Log): Promise<void> => {
    const { name, token, faultCode, faultString } = message;
    if (name === 'DEVICE_STARTED_DOWNLOAD_SUCCESS' || name === 'DEVICE_STARTED_ACTIVATION_SUCCESS')
      return tasks.succeed(token, { status: 'SUCCESS', token }, log);
    await tasks.fail(token, name, [faultCode, faultString].filter(Boolean).join(': ') || name, log);
  };
