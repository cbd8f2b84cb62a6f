/** What an error in statusDetails means, and what would help. */
export interface ErrorWords {
  readonly means: string;
  readonly help: string;
}

const USP_FAULT = 'The fault code is of USP (TR-369, table of error codes): the device says why.';

const ERRORS: readonly (readonly [RegExp, ErrorWords])[] = [
  [
    /^DeviceNotFound$/,
    { means: 'the registry has no such thing', help: 'Create the thing, or take it out of the group.' },
  ],
  [
    /^DeviceNotConnected$|^DEVICE_NOT_CONNECTED$/,
    { means: 'the device was not connected', help: 'Connect it and retry; whenOffline "wait" waits for it.' },
  ],
  [
    /^FirmwareUpgradeNotPossible$/,
    { means: 'the thing has no attribute firmwareVersion', help: 'Give the thing that attribute, then retry.' },
  ],
  [
    /^InvalidJobDocument$|^INVALID_JOB_DOCUMENT$/,
    { means: 'the job document is not one of JobsCreateJob', help: 'Create the roll-out with: wme rollout create.' },
  ],
  [
    /^IncompatibleDevice$/,
    { means: 'the device is not one that the firmware is for', help: 'Nothing to do, unless compatibleWith is wrong.' },
  ],
  [
    /^DOWNGRADE_REFUSED$/,
    { means: 'the device runs a newer version', help: 'Retry with allowDowngrade if the older version is wanted.' },
  ],
  [
    /^SUPERSEDED$/,
    { means: 'a workflow that began later commands the device', help: 'Nothing to do: that one decides.' },
  ],
  [
    /^FIRMWARE_CREDENTIALS$/,
    { means: 'the credentials of the firmware server cannot be read', help: 'Check the secret, then retry.' },
  ],
  [
    /^UNKNOWN_PROTOCOL$/,
    {
      means: 'the attribute protocol of the thing names none that is built in',
      help: 'Correct the attribute, then retry.',
    },
  ],
  [
    /^THING_NAME_TOO_LONG$/,
    { means: 'the name of the thing does not fit into a topic', help: 'Connect the device with MQTT 5, or rename it.' },
  ],
  [
    /^DEVICE_BUSY$/,
    { means: 'the device was busy with another command all the time', help: 'Retry when that command is done.' },
  ],
  [
    /^NOT_INTRODUCED$/,
    {
      means: 'the device connected and did not give its address',
      help: 'Retry; if it stays so, check its controller settings.',
    },
  ],
  [
    /^ROLLED_BACK$/,
    {
      means: 'the device booted, but not into the new firmware',
      help: 'The firmware does not start, or the device rejects it: try one device.',
    },
  ],
  [
    /^VERSION_UNKNOWN$/,
    {
      means: 'the device booted without reporting its version',
      help: 'Check its boot parameter SoftwareVersion for this controller.',
    },
  ],
  [
    /^States\.Timeout$/,
    {
      means: 'the device was silent for longer than the time limit of the step',
      help: 'If it is only slow: raise the limit with timeLimits.',
    },
  ],
  [/^FIRMWARE_TRANSFERRED(\.\d+)?$/, { means: 'the transfer failed at the device', help: USP_FAULT }],
  [/^DOWNLOAD_OPERATION_DONE(\.\d+)?$/, { means: 'the download failed at the device', help: USP_FAULT }],
  [/^ACTIVATION_FAILED(\.\d+)?$/, { means: 'the activation failed at the device', help: USP_FAULT }],
  [/^DEVICE_STARTED_DOWNLOAD_FAIL$/, { means: 'the device refused the download', help: USP_FAULT }],
  [/^DEVICE_STARTED_ACTIVATION_FAIL$/, { means: 'the device refused the activation', help: USP_FAULT }],
  [
    /^JobExecutionEnded$|^States\.Runtime$|^ABORTED$|^TIMED_OUT$/,
    { means: 'the workflow was ended', help: 'Its execution in Step Functions shows by what.' },
  ],
];

/** @returns undefined for an error that is not known: it is shown as it is */
export const errorInWords = (error: string): ErrorWords | undefined => ERRORS.find(([name]) => name.test(error))?.[1];
