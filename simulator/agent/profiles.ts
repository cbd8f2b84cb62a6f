/** How an agent differs from others: plain data, one field per habit. */
export interface Profile {
  readonly description: string;
  /** Without subscriptions nothing is told; else every event is, and a repeated Add is no error. */
  readonly needsSubscriptions: boolean;
  /** Repeats what a subscription wants repeated until it is acknowledged; else it tells each thing once. */
  readonly repeats: boolean;
  /** Says where it listens, in a record of its own, after each connection. */
  readonly connectRecord: boolean;
  /** Asks the controller after each connection to on-board it; else only when it is told to. */
  readonly onBoardRequest: boolean;
  /** `self::<thing>`, which TR-369 allows, or the bare name of the thing. */
  readonly endpointId: 'self' | 'thing-name';
  /** Says in each message where to answer it. */
  readonly tellsReplyTopic: boolean;
  /** Answers an Operate as if it were over, with the path that was asked for. */
  readonly echoesCommand: boolean;
  /** Answers whoever asks; others ignore all but their controller. */
  readonly anyController: boolean;
  /** Understands `[Status==Available]`, without the quotes that TR-369 wants. */
  readonly unquotedTexts: boolean;
  /** Any bank but the active one reads Available whatever happened to it. */
  readonly banksStayAvailable: boolean;
  /** A reboot ends the connection, commands and repeated notifications. */
  readonly realReboot: boolean;
  /** FaultCode of every failed transfer, when it is not one of TR-181. */
  readonly transferFaultCode?: string;
  readonly transferComplete: boolean;
  /** `after-boot`: as a failure, because the command "did not complete before reboot". */
  readonly operationComplete: 'before-boot' | 'after-boot';
  readonly bootEvent: boolean;
  /** Whether Boot! carries the version: always, when a BootParameter asks for it, never. */
  readonly versionInBoot: 'always' | 'boot-parameter' | 'never';
  /** Whether Boot! carries the key of the command that caused it. */
  readonly bootCommandKey: boolean;
  readonly booleans: 'words' | 'digits';
}

const TR369: Profile = {
  description: 'a faithful agent: tells what it was subscribed to, repeats it until it is acknowledged',
  needsSubscriptions: true,
  repeats: true,
  connectRecord: true,
  onBoardRequest: false,
  endpointId: 'self',
  tellsReplyTopic: true,
  echoesCommand: false,
  anyController: false,
  unquotedTexts: false,
  banksStayAvailable: false,
  realReboot: true,
  transferComplete: true,
  operationComplete: 'before-boot',
  bootEvent: true,
  versionInBoot: 'boot-parameter',
  bootCommandKey: true,
  booleans: 'words',
};

const DEMO: Profile = {
  description: 'tells every event unasked, after a connect record',
  needsSubscriptions: false,
  repeats: false,
  connectRecord: true,
  onBoardRequest: false,
  endpointId: 'self',
  tellsReplyTopic: true,
  echoesCommand: false,
  anyController: false,
  unquotedTexts: true,
  banksStayAvailable: true,
  realReboot: false,
  // What the original sample sends.
  transferFaultCode: '1478164480',
  transferComplete: true,
  operationComplete: 'before-boot',
  bootEvent: true,
  versionInBoot: 'always',
  bootCommandKey: true,
  booleans: 'words',
};

/** All profiles by name. Those after tr369 are tr369 with one habit that devices in the field have. */
export const PROFILES = {
  demo: DEMO,
  reference: {
    ...DEMO,
    description: "the original sample's simulator: no connect record, no reply topics, the thing name as endpoint id",
    connectRecord: false,
    endpointId: 'thing-name',
    tellsReplyTopic: false,
    echoesCommand: true,
    anyController: true,
  },
  tr369: TR369,
  'no-transfer-complete': { ...TR369, description: 'sends no TransferComplete!', transferComplete: false },
  'late-operation-complete': {
    ...TR369,
    description: 'sends OperationComplete only after the boot, as failure 7022',
    operationComplete: 'after-boot',
  },
  'numeric-booleans': { ...TR369, description: 'writes booleans as 1 and 0', booleans: 'digits' },
  'silent-boot': { ...TR369, description: 'sends a connect record after a boot, but no Boot!', bootEvent: false },
  'version-by-value-change': {
    ...TR369,
    description: 'tells its version by ValueChange, not in Boot!',
    versionInBoot: 'never',
  },
  'on-board-request': {
    ...TR369,
    description: 'sends an OnBoardRequest after each connection, and no connect record',
    connectRecord: false,
    onBoardRequest: true,
  },
  'empty-command-key': { ...TR369, description: 'sends Boot! without command key', bootCommandKey: false },
} as const satisfies { readonly [name: string]: Profile };

export type ProfileName = keyof typeof PROFILES;

export const DEFAULT_PROFILE: ProfileName = 'demo';

/** Whether there is a profile of that name. */
export const isProfileName = (name: string): name is ProfileName => Object.hasOwn(PROFILES, name);
