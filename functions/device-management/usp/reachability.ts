import type { KnownDevice, OutgoingMessage } from '../protocol';
import { NUMBER_OF_REQUESTS, REQUESTS } from './downloads';
import { addressOf, requestTo } from './outgoing';
import {
  controllerPath,
  type Difference,
  type NeededRow,
  neededRows,
  SOFTWARE_VERSION,
  SUBSCRIPTIONS,
} from './subscriptions';

/** Requests of this controller, by the beginning of their msg_id. */
const SETUP = 'SETUP@';
const INVENTORY = 'INVENTORY@';
const DOWNLOADS = 'DOWNLOADS@';
const REMOVE = 'REMOVE@';
const ADD_ALL = 'ADD@';
const ADD_ONE = 'ADD-ONE@';

const INVENTORY_PATHS = [
  'Device.DeviceInfo.FirmwareImage.',
  'Device.DeviceInfo.ActiveFirmwareImage',
  SOFTWARE_VERSION,
] as const;

const getMessage = (controllerId: string, device: KnownDevice, msgId: string, paramPaths: readonly string[]) =>
  requestTo(controllerId, addressOf(device), {
    msgId,
    msgType: 'GET',
    request: { get: { paramPaths: [...paramPaths] } },
  });

/** Asks for all that is needed to choose an image, and for what runs. */
export const inventoryMessage = (controllerId: string, device: KnownDevice, now: number): OutgoingMessage =>
  getMessage(controllerId, device, `${INVENTORY}${now}`, INVENTORY_PATHS);

/** Asks for the inventory, and for the commands that have begun and not ended. */
export const downloadsMessage = (controllerId: string, device: KnownDevice, now: number): OutgoingMessage =>
  getMessage(controllerId, device, `${DOWNLOADS}${now}`, [...INVENTORY_PATHS, NUMBER_OF_REQUESTS, REQUESTS]);

/** Asks for the inventory, and for the subscriptions and boot parameters: the answer tells what to add. */
export const setupMessage = (controllerId: string, device: KnownDevice, now: number): OutgoingMessage => {
  const controller = controllerPath(controllerId);
  return getMessage(controllerId, device, `${SETUP}${now}`, [
    ...INVENTORY_PATHS,
    `${controller}EndpointID`,
    `${controller}BootParameter.`,
    SUBSCRIPTIONS,
  ]);
};

const addMessage = (
  controllerId: string,
  device: KnownDevice,
  msgId: string,
  rows: readonly NeededRow[],
): OutgoingMessage =>
  requestTo(controllerId, addressOf(device), {
    msgId,
    msgType: 'ADD',
    request: {
      add: {
        allowPartial: rows.length > 1,
        createObjs: rows.map(({ objPath, params }) => ({
          objPath,
          paramSettings: Object.entries(params).map(([param, value]) => ({ param, value, required: true })),
        })),
      },
    },
  });

/**
 * A request must fit into the 128 KB of AWS IoT, a path here has up to 80 characters; the rest is removed at the next connect.
 * https://docs.aws.amazon.com/general/latest/gr/iot-core.html
 */
const MAX_REMOVED = 500;

const removeMessage = (
  controllerId: string,
  device: KnownDevice,
  now: number,
  paths: readonly string[],
): OutgoingMessage =>
  requestTo(controllerId, addressOf(device), {
    msgId: `${REMOVE}${now}`,
    msgType: 'DELETE',
    request: { delete: { allowPartial: true, objPaths: paths.slice(0, MAX_REMOVED) } },
  });

/** What follows from an answer: rows to remove and to add, together or, where the agent refuses that, one by one. */
export interface FollowUp extends Difference {
  readonly oneByOne: boolean;
  /** When the answered request was made, milliseconds since the epoch. */
  readonly askedAt: number;
}

/** The requests that make the agent's rows what they must be. The msg_id names the rows, for the answer to a refusal. */
export const followUpMessages = (
  controllerId: string,
  device: KnownDevice,
  { missing, surplus, oneByOne, askedAt }: FollowUp,
): readonly OutgoingMessage[] => {
  const needed = neededRows(controllerId);
  const rows = missing.flatMap((index) => {
    const row = needed[index];
    return row ? [{ index, row }] : [];
  });
  const together = addMessage(
    controllerId,
    device,
    `${ADD_ALL}${askedAt}-${missing.join('')}`,
    rows.map(({ row }) => row),
  );
  const adds = oneByOne
    ? rows.map(({ index, row }) => addMessage(controllerId, device, `${ADD_ONE}${askedAt}-${index}`, [row]))
    : [together];
  return [
    ...(surplus.length > 0 ? [removeMessage(controllerId, device, askedAt, surplus)] : []),
    ...(rows.length > 0 ? adds : []),
  ];
};

const timeIn = (digits: string | undefined): number | undefined => {
  const time = Number(digits);
  return Number.isSafeInteger(time) && time > 0 ? time : undefined;
};

/** When the version was asked for, milliseconds since the epoch; undefined for the answer to anything else. */
export const inventoryAskedAt = (msgId: string): number | undefined =>
  timeIn(/^(?:SETUP|INVENTORY|DOWNLOADS)@(\d{1,16})$/.exec(msgId)?.[1]);
export const isSetup = (msgId: string): boolean => msgId.startsWith(SETUP);
export const isDownloads = (msgId: string): boolean => msgId.startsWith(DOWNLOADS);
export const isAddOne = (msgId: string): boolean => msgId.startsWith(ADD_ONE);
export const isRemove = (msgId: string): boolean => msgId.startsWith(REMOVE);

/** A refused request to add rows together: they are to be added one by one. */
export const refusedAdd = (msgId: string): FollowUp | undefined => {
  const [, time, rows] = /^ADD@(\d{1,16})-(\d{1,5})$/.exec(msgId) ?? [];
  const askedAt = timeIn(time);
  if (askedAt === undefined || rows === undefined) return undefined;
  return { missing: Array.from(rows, Number), surplus: [], oneByOne: true, askedAt };
};
