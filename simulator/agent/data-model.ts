import { supportedObject, supportedRow } from './supported-model';
import type { AgentState, Params, Row } from './types';

/** One instantiated object of the data model (TR-181): its path ends in a dot. */
export interface DataObject {
  readonly path: string;
  readonly params: Params;
}

export const DEVICE_INFO = 'Device.DeviceInfo.';
export const FIRMWARE_IMAGES = 'Device.DeviceInfo.FirmwareImage.';
export const REQUESTS = 'Device.LocalAgent.Request.';
export const SUBSCRIPTIONS = 'Device.LocalAgent.Subscription.';
/** The agent has this one controller. */
export const CONTROLLER = 'Device.LocalAgent.Controller.1.';
export const BOOT_PARAMETERS = `${CONTROLLER}BootParameter.`;
export const SOFTWARE_VERSION = 'Device.DeviceInfo.SoftwareVersion';

/** The USP versions that the agent supports. */
export const PROTOCOL_VERSIONS = '1.0,1.1,1.2,1.3';

/** The version of the active firmware image. */
export const softwareVersion = (state: AgentState): string => state.images[state.activeImage - 1]?.version ?? '';

/** The last number of the path of a row. */
export const instanceNumber = (path: string): number => Number(path.split('.').at(-2));

/** The rows of a table, by instance number. */
export const rowsOf = (state: AgentState, table: string): Row[] =>
  state.rows
    .filter(({ path }) => path.startsWith(table))
    .toSorted((a, b) => instanceNumber(a.path) - instanceNumber(b.path));

const runningRequests = ({ commands }: AgentState): DataObject[] =>
  commands
    .filter(({ phase }) => phase !== 'notified')
    .map(({ command: { request, path, commandKey, requestor } }) => ({
      path: `${REQUESTS}${request}.`,
      params: {
        Alias: `cpe-${request}`,
        Originator: requestor,
        Command: path,
        CommandKey: commandKey,
        Status: 'Active',
      },
    }));

const firmwareImages = ({ images, activeImage, config }: AgentState): DataObject[] =>
  images.map(({ name, version, status, bootFailureLog }, index) => ({
    path: `${FIRMWARE_IMAGES}${index + 1}.`,
    params: {
      Alias: '',
      Name: name,
      Version: version,
      Available: 'true',
      Status: index + 1 === activeImage ? 'Active' : config.profile.banksStayAvailable ? 'Available' : status,
      BootFailureLog: bootFailureLog,
    },
  }));

const upTime = ({ upSince = Infinity }: AgentState, now: number) =>
  String(Math.max(0, Math.floor((now - upSince) / 1000)));

const deviceInfo = (state: AgentState, now: number): DataObject => ({
  path: DEVICE_INFO,
  params: {
    Manufacturer: 'Simulator',
    ManufacturerOUI: '00005E',
    ModelName: 'Simulated Gateway',
    Description: 'simulated TR-369 device',
    ProductClass: 'SimulatedGateway',
    SerialNumber: state.config.thingName,
    HardwareVersion: '1.0',
    SoftwareVersion: softwareVersion(state),
    ActiveFirmwareImage: `${FIRMWARE_IMAGES}${state.activeImage}`,
    BootFirmwareImage: `${FIRMWARE_IMAGES}${state.bootImage}`,
    ProvisioningCode: '',
    UpTime: upTime(state, now),
    FirmwareImageNumberOfEntries: String(state.images.length),
  },
});

const localAgent = (state: AgentState, now: number): DataObject => ({
  path: 'Device.LocalAgent.',
  params: {
    EndpointID: state.config.endpointId,
    SoftwareVersion: softwareVersion(state),
    UpTime: upTime(state, now),
    SupportedProtocols: 'MQTT',
    MTPNumberOfEntries: '1',
    ControllerNumberOfEntries: '1',
    SubscriptionNumberOfEntries: String(rowsOf(state, SUBSCRIPTIONS).length),
    RequestNumberOfEntries: String(runningRequests(state).length),
  },
});

const controller = (state: AgentState): DataObject => ({
  path: CONTROLLER,
  params: {
    Alias: 'cpe-1',
    EndpointID: state.config.controllerId,
    Enable: 'true',
    ProvisioningCode: '',
    USPNotifRetryMinimumWaitInterval: '5',
    USPNotifRetryIntervalMultiplier: '2000',
    BootParameterNumberOfEntries: String(rowsOf(state, BOOT_PARAMETERS).length),
  },
});

const mtp: DataObject = {
  path: 'Device.LocalAgent.MTP.1.',
  params: { Alias: 'cpe-1', Enable: 'true', Status: 'Up', Protocol: 'MQTT' },
};

/** The Instantiated Data Model, parents before children. */
export const objectsOf = (state: AgentState, now: number): DataObject[] =>
  [
    { path: 'Device.', params: {} },
    deviceInfo(state, now),
    ...firmwareImages(state),
    localAgent(state, now),
    mtp,
    { path: `${mtp.path}MQTT.`, params: { Reference: '', ResponseTopicConfigured: '', PublishQoS: '1' } },
    controller(state),
    ...rowsOf(state, BOOT_PARAMETERS),
    ...rowsOf(state, SUBSCRIPTIONS),
    ...runningRequests(state),
  ].map(({ path, params }) => ({ path, params: { ...params, ...state.settings[path] } }));

/** The unique key parameters of a row. */
export const uniqueKeysOf = ({ path, params }: DataObject): { [param: string]: string } => {
  const keys = supportedObject(path)?.uniqueKeys?.flat() ?? [];
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = params[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );
};

/** The default values of a new row. */
export const initialParams = (table: string): Params =>
  Object.fromEntries(Object.entries(supportedRow(table)?.params ?? {}).map(([name, { initial }]) => [name, initial]));
