/** How agents differ: one field per behaviour. */
export interface Profile {
  readonly description: string;
  /** Sends only what is subscribed to. If false, sends every event, and a repeated Add succeeds. */
  readonly needsSubscriptions: boolean;
  /** Honours NotifRetry. If false, sends each notification once. */
  readonly retriesNotifications: boolean;
  /** Sends a connect record after each connection. */
  readonly connectRecord: boolean;
  /** Sends an OnBoardRequest after each connection. If false, only on SendOnBoardRequest(). */
  readonly onBoardRequest: boolean;
  /** `self::<thing>`, as TR-369 requires, or the bare thing name. */
  readonly endpointId: 'self' | 'thing-name';
  /** Sends its reply-to topic in each message (R-MQTT.22). */
  readonly sendsReplyTopic: boolean;
  /** Answers an asynchronous Operate as if it had completed, with the requested path as executed_command. */
  readonly echoesCommand: boolean;
  /** Answers any controller. If false, ignores all but its own. */
  readonly answersAnyController: boolean;
  /** Accepts `[Status==Available]`, without the quotes that TR-369 requires. */
  readonly acceptsUnquotedStrings: boolean;
  /** The inactive bank always reads Available, even after a failed download. */
  readonly banksStayAvailable: boolean;
  /** A reboot ends the connection, running commands and pending notifications. */
  readonly realReboot: boolean;
  /** FaultCode of every failed transfer, instead of a TR-181 code. */
  readonly transferFaultCode?: string;
  readonly transferComplete: boolean;
  /** `after-boot`: sent as a failure, "did not complete before reboot". */
  readonly operationComplete: 'before-boot' | 'after-boot';
  readonly bootEvent: boolean;
  /** When Boot! contains the version: always, if a BootParameter selects it, or never. */
  readonly versionInBoot: 'always' | 'boot-parameter' | 'never';
  /** Whether Boot! contains the CommandKey of the command that caused it. */
  readonly bootCommandKey: boolean;
  readonly booleans: 'words' | 'digits';
  /** Adds a BootParameter again and again, although its ParameterName is a unique key. */
  readonly repeatsBootParameters: boolean;
  /** ParameterMap of Boot! is not JSON after a boot that failed. */
  readonly malformedMapAfterFailedBoot: boolean;
}

const TR369: Profile = {
  description: 'follows TR-369: sends what is subscribed to, retries until acknowledged',
  needsSubscriptions: true,
  retriesNotifications: true,
  connectRecord: true,
  onBoardRequest: false,
  endpointId: 'self',
  sendsReplyTopic: true,
  echoesCommand: false,
  answersAnyController: false,
  acceptsUnquotedStrings: false,
  banksStayAvailable: false,
  realReboot: true,
  transferComplete: true,
  operationComplete: 'before-boot',
  bootEvent: true,
  versionInBoot: 'boot-parameter',
  bootCommandKey: true,
  booleans: 'words',
  repeatsBootParameters: false,
  malformedMapAfterFailedBoot: false,
};

const DEMO: Profile = {
  description: 'sends a connect record and every event, without subscriptions',
  needsSubscriptions: false,
  retriesNotifications: false,
  connectRecord: true,
  onBoardRequest: false,
  endpointId: 'self',
  sendsReplyTopic: true,
  echoesCommand: false,
  answersAnyController: false,
  acceptsUnquotedStrings: true,
  banksStayAvailable: true,
  realReboot: false,
  // As the original.
  transferFaultCode: '1478164480',
  transferComplete: true,
  operationComplete: 'before-boot',
  bootEvent: true,
  versionInBoot: 'always',
  bootCommandKey: true,
  booleans: 'words',
  repeatsBootParameters: false,
  malformedMapAfterFailedBoot: false,
};

/** Each profile after tr369 is tr369 with one deviation seen in the field. */
export const PROFILES = {
  demo: DEMO,
  original: {
    ...DEMO,
    description: "the original's simulator: no connect record, no reply-to topics, thing name as endpoint id",
    connectRecord: false,
    endpointId: 'thing-name',
    sendsReplyTopic: false,
    echoesCommand: true,
    answersAnyController: true,
    malformedMapAfterFailedBoot: true,
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
    description: 'reports its version by ValueChange, not in Boot!',
    versionInBoot: 'never',
  },
  'on-board-request': {
    ...TR369,
    description: 'sends an OnBoardRequest after each connection, and no connect record',
    connectRecord: false,
    onBoardRequest: true,
  },
  'repeated-boot-parameter': {
    ...TR369,
    description: 'accepts a second BootParameter with the same name',
    repeatsBootParameters: true,
  },
  'empty-command-key': { ...TR369, description: 'sends Boot! without CommandKey', bootCommandKey: false },
} as const satisfies { readonly [name: string]: Profile };

export type ProfileName = keyof typeof PROFILES;

export const DEFAULT_PROFILE: ProfileName = 'demo';

/** Whether a profile has this name. */
export const isProfileName = (name: string): name is ProfileName => Object.hasOwn(PROFILES, name);
