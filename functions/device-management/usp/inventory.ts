import * as v from 'valibot';
import type { Facts } from '../protocol';
import { versionText } from './schemas';

/** Parameters by the object they belong to, `Device.DeviceInfo.FirmwareImage.1.` → `{Status: 'Active', …}`. */
export type Objects = ReadonlyMap<string, Readonly<Record<string, string>>>;

const IMAGE = /^Device\.DeviceInfo\.FirmwareImage\.\d{1,10}\.$/;
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
  const target = active === undefined && !images.some(([, { Status }]) => Status === 'Active') ? only : (idle ?? only);
  return {
    ...(target && { downloadImage: target[0] }),
    ...(SoftwareVersion !== '' &&
      v.is(versionText, SoftwareVersion) && { firmwareVersion: SoftwareVersion, inventoryVersion: SoftwareVersion }),
  };
};

/** The bank that does not run, as long as the device runs what it ran at the inventory: a boot changes places. */
export const idleImage = ({ downloadImage, inventoryVersion, firmwareVersion }: Facts): string | undefined =>
  inventoryVersion === undefined || inventoryVersion === firmwareVersion ? downloadImage : undefined;
