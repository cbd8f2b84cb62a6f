/** One parameter of the Supported Data Model (TR-181). */
export interface SupportedParam {
  readonly type: 'boolean' | 'dateTime' | 'string' | 'unsignedInt';
  readonly writable: boolean;
  /** The allowed values; absent if any value is. */
  readonly values?: readonly string[];
  /** Default in a new row. */
  readonly initial: string;
}

export interface SupportedCommand {
  readonly type: 'sync' | 'async';
  readonly inputArgs: readonly string[];
}

/** One object of the Supported Data Model; `{i}` stands for an instance number. */
export interface SupportedObject {
  readonly path: string;
  readonly params: { readonly [param: string]: SupportedParam };
  readonly commands?: { readonly [command: string]: SupportedCommand };
  readonly events?: { readonly [event: string]: readonly string[] };
  /** Whether controllers may add and delete rows. */
  readonly creatable?: boolean;
  /** Each set of parameters that identifies a row. */
  readonly uniqueKeys?: readonly (readonly string[])[];
}

type Values = { readonly writable?: boolean; readonly initial?: string; readonly values?: readonly string[] };
const param = (type: SupportedParam['type'], { writable = false, ...rest }: Values = {}): SupportedParam => ({
  type,
  writable,
  initial: type === 'boolean' ? 'false' : type === 'unsignedInt' ? '0' : '',
  ...rest,
});

const text = param('string');
const editable = param('string', { writable: true });
const flag = param('boolean', { writable: true });
const count = param('unsignedInt');
const amount = (initial: string) => param('unsignedInt', { writable: true, initial });

const NOTIFICATION_TYPES = ['ValueChange', 'ObjectCreation', 'ObjectDeletion', 'OperationComplete', 'Event'];
const TIME_WINDOW = ['Start', 'End', 'Mode', 'UserMessage', 'MaxRetries'].map((arg) => `TimeWindow.{i}.${arg}`);
const DOWNLOAD_ARGS = ['URL', 'AutoActivate', 'Username', 'Password', 'FileSize', 'CheckSumAlgorithm', 'CheckSum'];
const TRANSFER_ARGS = [
  ...['Command', 'CommandKey', 'Requestor', 'TransferType', 'Affected', 'TransferURL'],
  ...['StartTime', 'CompleteTime', 'FaultCode', 'FaultString'],
];

/** The part of TR-181 that a firmware upgrade needs, in the order of GetSupportedDM. */
export const SUPPORTED_MODEL: readonly SupportedObject[] = [
  {
    path: 'Device.',
    params: {},
    commands: { 'Reboot()': { type: 'sync', inputArgs: ['Cause', 'Reason'] } },
    events: { 'Boot!': ['CommandKey', 'Cause', 'Reason', 'FirmwareUpdated', 'ParameterMap'] },
  },
  {
    path: 'Device.DeviceInfo.',
    params: {
      Manufacturer: text,
      ManufacturerOUI: text,
      ModelName: text,
      Description: text,
      ProductClass: text,
      SerialNumber: text,
      HardwareVersion: text,
      SoftwareVersion: text,
      ActiveFirmwareImage: text,
      BootFirmwareImage: editable,
      ProvisioningCode: editable,
      UpTime: count,
      FirmwareImageNumberOfEntries: count,
    },
  },
  {
    path: 'Device.DeviceInfo.FirmwareImage.{i}.',
    params: {
      Alias: editable,
      Name: text,
      Version: text,
      Available: flag,
      Status: text,
      BootFailureLog: text,
    },
    commands: {
      'Download()': { type: 'async', inputArgs: DOWNLOAD_ARGS },
      'Activate()': { type: 'async', inputArgs: TIME_WINDOW },
    },
    uniqueKeys: [['Alias']],
  },
  {
    path: 'Device.LocalAgent.',
    params: {
      EndpointID: text,
      SoftwareVersion: text,
      UpTime: count,
      SupportedProtocols: text,
      MTPNumberOfEntries: count,
      ControllerNumberOfEntries: count,
      SubscriptionNumberOfEntries: count,
      RequestNumberOfEntries: count,
    },
    events: { 'TransferComplete!': TRANSFER_ARGS },
  },
  {
    path: 'Device.LocalAgent.MTP.{i}.',
    params: { Alias: editable, Enable: flag, Status: text, Protocol: text },
    uniqueKeys: [['Alias']],
  },
  {
    path: 'Device.LocalAgent.MTP.{i}.MQTT.',
    params: { Reference: text, ResponseTopicConfigured: text, PublishQoS: count },
  },
  {
    path: 'Device.LocalAgent.Controller.{i}.',
    params: {
      Alias: editable,
      EndpointID: text,
      Enable: flag,
      ProvisioningCode: editable,
      USPNotifRetryMinimumWaitInterval: amount('5'),
      USPNotifRetryIntervalMultiplier: amount('2000'),
      BootParameterNumberOfEntries: count,
    },
    commands: { 'SendOnBoardRequest()': { type: 'sync', inputArgs: [] } },
    uniqueKeys: [['Alias'], ['EndpointID']],
  },
  {
    path: 'Device.LocalAgent.Controller.{i}.BootParameter.{i}.',
    params: { Alias: editable, Enable: flag, ParameterName: editable },
    creatable: true,
    uniqueKeys: [['Alias'], ['ParameterName']],
  },
  {
    path: 'Device.LocalAgent.Subscription.{i}.',
    params: {
      Alias: editable,
      Enable: flag,
      Recipient: text,
      ID: editable,
      CreationDate: param('dateTime'),
      NotifType: param('string', { writable: true, values: NOTIFICATION_TYPES }),
      ReferenceList: editable,
      Persistent: flag,
      TimeToLive: amount('0'),
      NotifRetry: flag,
      NotifExpiration: amount('0'),
    },
    creatable: true,
    uniqueKeys: [['Alias'], ['ID', 'Recipient']],
  },
  {
    path: 'Device.LocalAgent.Request.{i}.',
    params: { Alias: editable, Originator: text, Command: text, CommandKey: text, Status: text },
    uniqueKeys: [['Alias']],
  },
];

const BY_PATH = new Map(SUPPORTED_MODEL.map((object) => [object.path, object]));

/** `Device.DeviceInfo.FirmwareImage.2.` → `Device.DeviceInfo.FirmwareImage.{i}.` */
export const genericPath = (path: string): string => path.replace(/\.\d+(?=\.)/g, '.{i}');

/** The supported object for an object path, instantiated or not. */
export const supportedObject = (path: string): SupportedObject | undefined => BY_PATH.get(genericPath(path));

/** The supported object of a table's rows; undefined when the path is not a table. */
export const supportedRow = (tablePath: string): SupportedObject | undefined =>
  BY_PATH.get(`${genericPath(tablePath)}{i}.`);
