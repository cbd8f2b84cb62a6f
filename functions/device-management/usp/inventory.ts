import * as v from 'valibot';
import type { Facts } from '../protocol';
import { versionText } from './schemas';

/** Parameters by the object they belong to, `Device.DeviceInfo.FirmwareImage.1.` → `{Status: 'Active', …}`. */
export type Objects = ReadonlyMap<string, Readonly<Record<string, string>>>;

export const IMAGE = /^Device\.DeviceInfo\.FirmwareImage\.\d{1,10}\.$/;
const DEVICE_INFO = 'Device.DeviceInfo.';

/** References come with and without a dot at the end. */
const withDot = (path: string) => (path.endsWith('.') ? path : `${path}.`);

/**
 * Reads the answer to an inventory request: the image to download to (one that does not run, or the only one), and the
 * version that runs.
 */
export const readInventory = (objects: Objects): Facts => {
  const info = objects.get(DEVICE_INFO) ?? {};
  const { ActiveFirmwareImage = '', SoftwareVersion = '' } = info;
  const images = [...objects].filter(([path]) => IMAGE.test(path)).sort(([a], [b]) => a.localeCompare(b));
  const active = ActiveFirmwareImage === '' ? undefined : withDot(ActiveFirmwareImage);
  const idle = images.find(([path, { Status }]) => path !== active && Status !== 'Active');
  const [only] = images.length === 1 ? images : [];
  const running = active ?? images.find(([, { Status }]) => Status === 'Active')?.[0];
  const target = running === undefined ? only : (idle ?? only);
  return {
    ...(images.length > 0 && { activeImage: running ?? '' }),
    ...(target && { downloadImage: target[0] }),
    ...(SoftwareVersion !== '' &&
      v.is(versionText, SoftwareVersion) && { firmwareVersion: SoftwareVersion, inventoryVersion: SoftwareVersion }),
  };
};

/** The bank that does not run, as long as the device runs what it ran at the inventory: a boot changes places. */
export const idleImage = (facts: Facts): string | undefined => (isUpToDate(facts) ? facts['downloadImage'] : undefined);

const isUpToDate = ({ inventoryVersion, firmwareVersion }: Facts) =>
  inventoryVersion === undefined || inventoryVersion === firmwareVersion;

/** The bank that the device said it downloads to; undefined when it runs: then that was for an earlier upgrade. */
export const stagedImage = (facts: Facts): string | undefined =>
  isUpToDate(facts) && facts['stagedImage'] === facts['activeImage'] ? undefined : facts['stagedImage'];
