import type { Objects } from './inventory';
import { isTrue } from './schemas';

/** TR-181: the version of the firmware that runs. */
export const SOFTWARE_VERSION = 'Device.DeviceInfo.SoftwareVersion';

/** A row that an agent must have, so that it reports. `key`: the parameter that tells it from the rows of others. */
export interface NeededRow {
  readonly objPath: string;
  readonly key: 'ID' | 'ParameterName';
  readonly params: Readonly<Record<string, string>>;
}

/** TR-369, "Using Search Expressions": the row of this controller in the agent's table. */
export const controllerPath = (controllerId: string) => `Device.LocalAgent.Controller.[EndpointID=="${controllerId}"].`;
export const SUBSCRIPTIONS = 'Device.LocalAgent.Subscription.';

const subscription = (id: string, notifType: string, referenceList: string): NeededRow => ({
  objPath: SUBSCRIPTIONS,
  key: 'ID',
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
 * and without a boot parameter its Boot! names no version.
 */
export const neededRows = (controllerId: string): readonly NeededRow[] => [
  {
    objPath: `${controllerPath(controllerId)}BootParameter.`,
    key: 'ParameterName',
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

const CONTROLLER = /^Device\.LocalAgent\.Controller\.\d{1,10}\.$/;
const BOOT_PARAMETER = /^(Device\.LocalAgent\.Controller\.\d{1,10}\.)BootParameter\.\d{1,10}\.$/;
const SUBSCRIPTION = /^Device\.LocalAgent\.Subscription\.\d{1,10}\.$/;

type Row = readonly [path: string, params: Readonly<Record<string, string>>];

const asSet = (list = '') =>
  list
    .split(',')
    .map((item) => item.trim())
    .sort()
    .join();

/** Whether a row does what the needed one does. Agents write booleans as words and digits, and sort lists. */
const does = (needed: NeededRow, [, row]: Row): boolean =>
  isTrue(row['Enable'] ?? '') &&
  (needed.key === 'ParameterName' ||
    (row['NotifType'] === needed.params['NotifType'] &&
      asSet(row['ReferenceList']) === asSet(needed.params['ReferenceList'])));

/** What an agent lacks (indices of the needed rows), and the rows of ours that are one too many, or not as needed. */
export interface Difference {
  readonly missing: readonly number[];
  readonly surplus: readonly string[];
}

/**
 * Compares what an agent has with what it needs. Not every agent refuses a second row with the same keys, so what is there must
 * not be added again. Rows of other controllers are left alone: a subscription belongs to its Recipient.
 */
export const differenceOf = (objects: Objects, controllerId: string): Difference => {
  const rows: readonly Row[] = [...objects];
  const controller = rows.find(([path, params]) => CONTROLLER.test(path) && params['EndpointID'] === controllerId)?.[0];
  const isOurs = ([path, { Recipient = '' }]: Row) => {
    const owner = BOOT_PARAMETER.exec(path)?.[1];
    // An agent that does not show its controllers is asked only for the boot parameters of this one.
    if (controller === undefined) return owner !== undefined || Recipient === '';
    return owner === undefined
      ? Recipient === '' || `${Recipient.replace(/\.$/, '')}.` === controller
      : owner === controller;
  };
  const found = neededRows(controllerId).map((needed, index) => {
    const table = needed.key === 'ID' ? SUBSCRIPTION : BOOT_PARAMETER;
    const same = rows.filter(
      (row) => table.test(row[0]) && row[1][needed.key] === needed.params[needed.key] && isOurs(row),
    );
    const good = same.find((row) => does(needed, row));
    return { index, good, surplus: same.flatMap((row) => (row === good ? [] : [row[0]])) };
  });
  return {
    missing: found.flatMap(({ index, good }) => (good ? [] : [index])),
    surplus: found.flatMap(({ surplus }) => surplus),
  };
};
