/** A state of the state machine in words. */
export interface StateWords {
  /** In tables and bars: what devices do in it. Not the outcome: that is of the job execution, a moment later. */
  readonly label: string;
  /** In sentences, after "The upgrade": what happens in it. */
  readonly doing: string;
  /** What would help when it takes long. */
  readonly help?: string;
}

/** In the order of an upgrade. A contract test holds this against the definition; what is missing shows by its name. */
const STATES: Readonly<Record<string, StateWords>> = {
  ClaimExecution: { label: 'starting', doing: 'claims the attempt, so that no other workflow upgrades the device' },
  GetDevice: { label: 'starting', doing: 'reads the thing in the registry' },
  GetDeviceConnectivity: { label: 'starting', doing: 'reads whether the device is connected' },
  'Upgrade?': { label: 'starting', doing: 'decides whether the device can be upgraded' },
  WaitForDeviceConnected: {
    label: 'offline',
    doing: 'waits for the device to connect',
    help: 'Switch the device on, or check its network. It is upgraded as soon as it connects.',
  },
  StartDownload: {
    label: 'asked',
    doing: 'waits for the device to accept the command to download',
    help: 'If the device stays silent: check that it is connected, and that it accepts this controller (device-settings).',
  },
  WaitForDeviceMessages: {
    label: 'downloading',
    doing: 'waits for the device to report that it has the firmware',
    help: 'A slow download needs nothing. Check that the device reaches the firmware server.',
  },
  WaitForFirmwareTransferred: { label: 'downloading', doing: 'waits for TransferComplete! of the device' },
  FirmwareTransferNotReported: { label: 'downloading', doing: 'goes on without TransferComplete!' },
  WaitForDownloadOperationResponse: { label: 'downloading', doing: 'waits for the end of Download()' },
  DownloadOperationNotReported: { label: 'downloading', doing: 'goes on without the end of Download()' },
  WaitForRebootAfterOperationFailure: {
    label: 'downloading',
    doing: 'waits for a boot, because the device reports that its download was interrupted by one',
  },
  DownloadOperationFailed: {
    label: 'failed',
    doing: 'ends, because the download was interrupted and no boot followed',
  },
  'IsActivationScheduled?': { label: 'has firmware', doing: 'decides when the device is to boot into the firmware' },
  GetActivationWindow: { label: 'has firmware', doing: 'computes when the window for the activation opens' },
  WaitForActivationWindow: {
    label: 'waits for window',
    doing: 'waits for the window in which the device may be activated',
    help: 'Nothing is wrong: the window is in the local time of the device (attribute timeZone).',
  },
  ActivateFirmware: {
    label: 'activating',
    doing: 'waits for the device to accept the command to activate the firmware',
  },
  WaitForDeviceRebooted: {
    label: 'rebooting',
    doing: 'waits for the device to boot and to report its version',
    help: 'If it does not come back: check its power, and that it reports Boot! to this controller (subscriptions).',
  },
  AskVersion: { label: 'asked version', doing: 'asks the silent device what it runs' },
  WaitForVersion: { label: 'asked version', doing: 'waits for the silent device to say what it runs' },
  'OrderAgain?': { label: 'asked again', doing: 'decides whether to ask for the download once more' },
  IsFirmwareUpdateCompleted: { label: 'verifying', doing: 'compares the version that the device reports' },
  RecordOutcome: { label: 'finishing', doing: 'waits for the job execution to get its outcome' },
  UpdateThing: { label: 'finishing', doing: 'writes the verified version to the registry' },
  PublishFirmwareUpgrade: { label: 'finishing', doing: 'publishes the success' },
  FirmwareUpdateSuccess: { label: 'finishing', doing: 'has succeeded' },
  PublishFirmwareUpgradeFailure: { label: 'failing', doing: 'publishes the failure' },
  PublishFirmwareUpgradeFailureOnTimeouts: { label: 'failing', doing: 'publishes the failure' },
  FirmwareUpdateFailed: { label: 'failing', doing: 'has failed' },
  PublishFailureToStart: { label: 'failing', doing: 'publishes that it could not start' },
  CannotStartFirmwareUpgrade: { label: 'failing', doing: 'could not start' },
  AnotherExecutionOwnsUpgrade: { label: 'not needed', doing: 'is the business of another workflow, and this one ends' },
};

/** In place of a state, of a device whose workflow has not begun: it is offline, or another job of it is before this one. */
export const NOT_BEGUN = 'NotBegun';
export const NOT_BEGUN_LABEL = 'not begun';

/** A state that this version does not know is shown by its name. */
export const stateInWords = (state: string): StateWords => {
  if (state === NOT_BEGUN) return { label: NOT_BEGUN_LABEL, doing: 'has not begun' };
  return STATES[state] ?? { label: state, doing: `is in the state ${state}` };
};

/** The steps in the order in which devices take them, for bars and columns. */
export const STEP_LABELS: readonly string[] = [
  NOT_BEGUN_LABEL,
  ...new Set(Object.values(STATES).map(({ label }) => label)),
];

export const knownStates = (): readonly string[] => Object.keys(STATES);
