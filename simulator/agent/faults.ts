import type { TransferFault } from './transfer-faults';

/** What goes wrong in the upgrades of a device: one field per effect. How its agent behaves otherwise is its profile. */
export interface Fault {
  readonly description: string;
  /** How an upgrade in one phase must end. `depends`: on the time limits, which may be shorter than the device is slow. */
  readonly expected: 'succeeds' | 'fails' | 'depends';
  /** The transfer fails. `reason` is the end of FaultString. */
  readonly transfer?: { readonly fault: TransferFault; readonly reason: string };
  /** What runs after the boot, instead of the downloaded version. */
  readonly bootsInto?: 'old' | 'another';
  /** Download() is not answered and does nothing. */
  readonly ignoresDownload?: boolean;
  /** What is lost on the way, the first time that Download() is sent. */
  readonly losesFirst?: 'command' | 'answer';
  /** The agent answers Download(), and hangs from then on. */
  readonly hangs?: boolean;
  /** Another controller's Download() runs. */
  readonly busy?: boolean;
  /** Factor on all delays. */
  readonly delayFactor?: number;
  /** When the power fails. It comes back after `OFF_SECONDS`. */
  readonly powerLoss?: 'downloading' | 'flashing' | 'before-boot-event';
  /** The device stays off when it should reboot. */
  readonly staysOff?: boolean;
  /** The reboot interrupts the operation. */
  readonly rebootsEarly?: boolean;
  /** How often the connection is lost during an upgrade. */
  readonly linkLosses?: number;
  /** Each notification is sent two or three times. */
  readonly repeats?: boolean;
  /** Notifications leave in a random order. */
  readonly reorders?: boolean;
  /** The device's own timestamps are years off. */
  readonly wrongClock?: boolean;
}

/**
 * The faults of simulated devices. Codes and states are those of the standards:
 * - FaultCode of TransferComplete!: see transfer-faults.ts. OperationComplete is then a failure 7022 (TR-369, "Error Codes":
 *   a command "failed to complete", the reason is in err_msg).
 * - Status of the image: TR-181, Device.DeviceInfo.FirmwareImage.{i}.Status: DownloadFailed ("failed while retrieving it"),
 *   ValidationFailed ("failed while validating it"), ActivationFailed ("failed while being activated").
 * - Download() while another runs: cmd_failure 7005 (TR-369, "Error Codes": Resources exceeded).
 * - An operation that a power loss or reboot interrupted: 7022 "did not complete before reboot", as the reference agent
 *   reports it after its Boot!.
 */
export const FAULTS = {
  '404': {
    description: 'the file server answers 404: TransferComplete! has fault 7016',
    expected: 'fails',
    transfer: { fault: 'unableToAccessFile', reason: '404 Not Found' },
  },
  'broken-download': {
    description: 'the connection to the file server breaks in the middle: fault 7017',
    expected: 'fails',
    transfer: { fault: 'unableToComplete', reason: 'the connection broke in the middle' },
  },
  'bad-checksum': {
    description: 'the file has another checksum: fault 7018',
    expected: 'fails',
    transfer: { fault: 'corrupted', reason: 'the checksum does not match' },
  },
  'out-of-space': {
    description: 'the device has no space for the file: fault 7005',
    expected: 'fails',
    transfer: { fault: 'resourcesExceeded', reason: 'no space left on the device' },
  },
  'boot-into-old': {
    description: 'the new firmware does not boot, and the device rolls back',
    expected: 'fails',
    bootsInto: 'old',
  },
  'wrong-version': {
    description: 'boots into a version that is neither the old nor the target',
    expected: 'fails',
    bootsInto: 'another',
  },
  silent: { description: 'answers Download(), then says and does nothing', expected: 'fails', hangs: true },
  'no-answer': {
    description: 'does not answer Download(), and does nothing',
    expected: 'fails',
    ignoresDownload: true,
  },
  'lost-command': {
    description: 'the first Download() is lost on its way to the agent',
    expected: 'succeeds',
    losesFirst: 'command',
  },
  'lost-answer': {
    description: 'the answer to the first Download() is lost on its way',
    expected: 'succeeds',
    losesFirst: 'answer',
  },
  busy: {
    description: "refuses Download() with 7005, because another controller's runs until a reboot",
    expected: 'fails',
    busy: true,
  },
  slow: {
    description: 'takes ten times as long for everything',
    expected: 'depends',
    delayFactor: 10,
  },
  'power-loss-downloading': {
    description: 'loses power in its first download: boots into the old version, the operation fails with 7022',
    expected: 'succeeds',
    powerLoss: 'downloading',
  },
  'power-loss-flashing': {
    description: 'loses power after the transfer: boots into the new version, the operation fails with 7022',
    expected: 'succeeds',
    powerLoss: 'flashing',
  },
  'power-loss-before-boot-event': {
    description: 'loses power after the boot and before Boot!: reports a boot of its own, without an update',
    expected: 'succeeds',
    powerLoss: 'before-boot-event',
  },
  'never-comes-back': { description: 'reboots and stays off', expected: 'fails', staysOff: true },
  'reboot-before-operation-complete': {
    description: 'reboots before it reports the end of the operation, then reports it as failed with 7022',
    expected: 'succeeds',
    rebootsEarly: true,
  },
  'flapping-link': {
    description: 'loses its connection three times during the upgrade',
    expected: 'succeeds',
    linkLosses: 3,
  },
  duplicates: { description: 'sends every notification two or three times', expected: 'succeeds', repeats: true },
  reordering: {
    description: 'sends notifications in a random order, but none from before a boot after its Boot!',
    expected: 'succeeds',
    reorders: true,
  },
  'wrong-clock': {
    description: 'writes timestamps that are 5 to 25 years off',
    expected: 'succeeds',
    wrongClock: true,
  },
  none: { description: 'nothing goes wrong', expected: 'succeeds' },
} as const satisfies { readonly [name: string]: Fault };

export type FaultName = keyof typeof FAULTS;

/** Whether a fault has this name. */
export const isFaultName = (name: string): name is FaultName => Object.hasOwn(FAULTS, name);

/** The effects of a fault. */
export const faultNamed = (name: FaultName): Fault => FAULTS[name];
