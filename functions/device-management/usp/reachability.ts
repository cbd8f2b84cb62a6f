import type { KnownDevice, OutgoingMessage } from '../protocol';
import { addressOf, requestTo } from './outgoing';

/** TR-181: the version of the firmware that runs. */
export const SOFTWARE_VERSION = 'Device.DeviceInfo.SoftwareVersion';

const subscription = (id: string, notifType: string, referenceList: string) => ({
  objPath: 'Device.LocalAgent.Subscription.',
  params: {
    Enable: 'true',
    ID: id,
    NotifType: notifType,
    ReferenceList: referenceList,
    Persistent: 'true',
    NotifRetry: 'true',
  },
});

/**
 * Without subscriptions an agent reports nothing but that it has connected (TR-369, "Notifications and Subscription Mechanism"),
 * and without a boot parameter its Boot! names no version. The ids are fixed and unique keys of the agent, so adding them
 * again is refused by the agent and does no harm.
 */
const objectsFor = (controllerId: string) => [
  {
    objPath: `Device.LocalAgent.Controller.[EndpointID=="${controllerId}"].BootParameter.`,
    params: { Enable: 'true', ParameterName: SOFTWARE_VERSION },
  },
  subscription('wme-boot', 'Event', 'Device.Boot!'),
  subscription('wme-transfer', 'Event', 'Device.LocalAgent.TransferComplete!'),
  subscription(
    'wme-operation',
    'OperationComplete',
    'Device.DeviceInfo.FirmwareImage.*.Download(),Device.DeviceInfo.FirmwareImage.*.Activate()',
  ),
  subscription('wme-version', 'ValueChange', SOFTWARE_VERSION),
];

const ALL = 'ENSURE@';
const ONE = 'ENSURE-ONE@';
const INVENTORY = 'INVENTORY@';

const addMessage = (
  controllerId: string,
  device: KnownDevice,
  msgId: string,
  objects: ReturnType<typeof objectsFor>,
): OutgoingMessage =>
  requestTo(controllerId, addressOf(device), {
    msgId,
    msgType: 'ADD',
    request: {
      add: {
        allowPartial: objects.length > 1,
        createObjs: objects.map(({ objPath, params }) => ({
          objPath,
          paramSettings: Object.entries(params).map(([param, value]) => ({ param, value, required: true })),
        })),
      },
    },
  });

/** Asks for all that is needed to choose an image, and for what runs. */
export const inventoryMessage = (controllerId: string, device: KnownDevice, now: number): OutgoingMessage =>
  requestTo(controllerId, addressOf(device), {
    msgId: `${INVENTORY}${now}`,
    msgType: 'GET',
    request: {
      get: {
        paramPaths: ['Device.DeviceInfo.FirmwareImage.', 'Device.DeviceInfo.ActiveFirmwareImage', SOFTWARE_VERSION],
      },
    },
  });

/** Two requests: everything to add, where the agent takes what it lacks, and the inventory. */
export const ensureReachable = (controllerId: string, device: KnownDevice, now: number): readonly OutgoingMessage[] => [
  addMessage(controllerId, device, `${ALL}${now}`, objectsFor(controllerId)),
  inventoryMessage(controllerId, device, now),
];

/** One request for each object, for an agent that refuses all of them because it takes one at a time or has one already. */
export const ensureOneByOne = (controllerId: string, device: KnownDevice, msgId: string): readonly OutgoingMessage[] =>
  objectsFor(controllerId).map((object, index) =>
    addMessage(controllerId, device, `${ONE}${msgId.slice(ALL.length)}-${index}`, [object]),
  );

export const isEnsureAll = (msgId: string): boolean => msgId.startsWith(ALL);
export const isEnsureOne = (msgId: string): boolean => msgId.startsWith(ONE);

/** When the inventory was asked for, milliseconds since the epoch; undefined for the answer to anything else. */
export const inventoryAskedAt = (msgId: string): number | undefined => {
  const asked = msgId.startsWith(INVENTORY) ? Number(msgId.slice(INVENTORY.length)) : NaN;
  return Number.isSafeInteger(asked) && asked > 0 ? asked : undefined;
};
