import type { Log } from '../../shared/log';
import type { MessageOf } from '../../shared/messages';
import type { Tasks } from '../tasks';

type Answer = MessageOf<'DEVICE_STARTED_DOWNLOAD_SUCCESS' | 'DEVICE_STARTED_DOWNLOAD_FAIL'>;

/** Resolves the task of StartDownload with the device's answer to the download command. */
export const startAck =
  (tasks: Tasks) =>
  async (message: Answer, log: Log): Promise<void> => {
    const { name, token, faultCode, faultString } = message;
    if (name === 'DEVICE_STARTED_DOWNLOAD_SUCCESS') return tasks.succeed(token, { status: 'SUCCESS', token }, log);
    await tasks.fail(token, name, [faultCode, faultString].filter(Boolean).join(': ') || name, log);
  };
