/** Fields of domain messages, or of what is recorded of them, that words need. */
export interface MessageFields {
  readonly status?: string | undefined;
  readonly firmwareVersion?: string | undefined;
  readonly faultCode?: string | undefined;
  readonly faultString?: string | undefined;
  readonly reason?: string | undefined;
  readonly details?: Readonly<Record<string, string>> | undefined;
}

export const faultInWords = ({ faultCode = '', faultString = '' }: MessageFields): string =>
  [faultCode === '' ? '' : `fault ${faultCode}`, faultString].filter(Boolean).join(': ') || 'without a reason';

const failed = (fields: MessageFields) => fields.status === 'FAIL';

/** Each message of the events topic (functions/shared/messages.ts); the device's part in the terms of USP. */
const MESSAGES: Readonly<Record<string, (fields: MessageFields) => string>> = {
  AWAIT_CONNECTION: () => 'The workflow waits for the device to connect',
  DEVICE_CONNECTED: () => 'The device has connected',
  START_UPGRADE: ({ firmwareVersion }) =>
    `The workflow asks for the download${firmwareVersion === undefined ? '' : ` of ${firmwareVersion}`}`,
  DEVICE_STARTED_DOWNLOAD_SUCCESS: () => 'The device accepted the command to download (OperateResp)',
  DEVICE_STARTED_DOWNLOAD_FAIL: (fields) => `The device was not made to download: ${faultInWords(fields)}`,
  ACTIVATE_FIRMWARE: () => 'The workflow asks for the activation',
  DEVICE_STARTED_ACTIVATION_SUCCESS: () => 'The device accepted the command to activate (OperateResp)',
  DEVICE_STARTED_ACTIVATION_FAIL: (fields) => `The device was not made to activate: ${faultInWords(fields)}`,
  ACTIVATION_FAILED: (fields) => `The device reports that the activation failed: ${faultInWords(fields)}`,
  FIRMWARE_TRANSFERRED: (fields) =>
    failed(fields)
      ? `The device reports that the transfer failed (TransferComplete!): ${faultInWords(fields)}`
      : 'The device has transferred the firmware (TransferComplete!)',
  DOWNLOAD_OPERATION_DONE: (fields) =>
    failed(fields)
      ? `The device reports that Download() failed (OperationComplete): ${faultInWords(fields)}`
      : 'The device has completed Download() (OperationComplete)',
  DEVICE_REBOOTED: ({ firmwareVersion, ...fields }) =>
    [
      firmwareVersion === undefined
        ? 'The device booted and reports no version (Boot!)'
        : `The device runs ${firmwareVersion} after its boot (Boot!)`,
      failed(fields) ? ', and reports no firmware update' : '',
    ].join(''),
  ASK_VERSION: () => 'The workflow asks the silent device what it runs',
  DEVICE_VERSION_REPORTED: ({ firmwareVersion = 'its version' }) =>
    `The device reports that it runs ${firmwareVersion}`,
  JOB_EXECUTION_ENDED: ({ reason = 'ended' }) => `The job execution was ${reason}: its workflow stops`,
  FIRMWARE_UPGRADE_SUCCESS: () => 'The upgrade succeeded',
  OUTCOME_RECORDED: () => 'The job execution has its outcome',
  FIRMWARE_UPGRADE_FAIL: ({ details = {} }) =>
    `The upgrade failed${details['error'] === undefined ? '' : `: ${details['error']}`}`,
};

/** A message that this version does not know is shown by its name. */
export const messageInWords = (name: string, fields: MessageFields = {}): string =>
  MESSAGES[name]?.(fields) ?? `Message ${name}`;
