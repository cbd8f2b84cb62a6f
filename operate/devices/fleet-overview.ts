import { GetBucketsAggregationCommand } from '@aws-sdk/client-iot';
import { iotFleetIndex } from '../../functions/jobs/create-job/fleet-index';
import { allOf, exists, fits, isOneOf, isSearchable, not } from '../../functions/jobs/create-job/fleet-query';
import type { Operator } from '../operator';
import { ALL_DEVICES } from './search-devices';

/** The fleet in numbers, by the fleet index: seconds behind. */
export interface FleetOverview {
  readonly devices: number;
  readonly connected: number;
  /** Those that were connected once. */
  readonly disconnected: number;
  /** The most frequent version first. */
  readonly versions: readonly { readonly version: string; readonly devices: number }[];
  /** Devices on versions beyond those that are counted. */
  readonly onOtherVersions: number;
  readonly withoutVersion: number;
}

const VERSION = 'attributes.firmwareVersion';
/** Each takes a call. */
const MAX_VERSIONS = 8;

const connectivity = async ({ clients: { iot } }: Operator) => {
  const { totalCount: devices = 0, buckets = [] } = await iot.send(
    new GetBucketsAggregationCommand({
      queryString: ALL_DEVICES,
      aggregationField: 'connectivity.connected',
      bucketsAggregationType: { termsAggregation: {} },
    }),
  );
  const countOf = (value: string) =>
    buckets.filter(({ keyValue }) => keyValue?.toLowerCase() === value).reduce((sum, { count = 0 }) => sum + count, 0);
  return { devices, connected: countOf('true'), disconnected: countOf('false') };
};

/**
 * Counts the devices: one call for the connections, and one per version. The index groups by attributes only where they
 * are custom fields of its configuration, which belongs to the account: versions are found by what is left when the known
 * ones are excluded, and remembered by the caller, so that the next time takes one call to see that there is no new one.
 * https://docs.aws.amazon.com/iot/latest/developerguide/index-aggregate.html
 * @param known versions that were found before; new ones are added
 * @throws IndexNotReadyException while the index is being built
 */
export const fleetOverview = async (operator: Operator, known: Set<string> = new Set()): Promise<FleetOverview> => {
  const fleet = iotFleetIndex(operator.clients.iot);
  const total = await connectivity(operator);
  const versioned = exists(VERSION);
  while (known.size < MAX_VERSIONS) {
    const others = known.size === 0 ? versioned : allOf(versioned, not(isOneOf(VERSION, [...known])));
    if (!fits(others)) break;
    const [thing] = await fleet.search(others.text, 1);
    const version = thing?.attributes['firmwareVersion'];
    if (version === undefined || !isSearchable(version) || known.has(version)) break;
    known.add(version);
  }
  const versions: { version: string; devices: number }[] = [];
  for (const version of known) {
    const devices = await fleet.count(isOneOf(VERSION, [version]).text);
    // The last device has left it: room for another one.
    if (devices === 0) known.delete(version);
    else versions.push({ version, devices });
  }
  const counted = versions.reduce((sum, { devices }) => sum + devices, 0);
  const withVersion = await fleet.count(versioned.text);
  return {
    ...total,
    versions: versions.toSorted((a, b) => b.devices - a.devices),
    onOtherVersions: Math.max(0, withVersion - counted),
    withoutVersion: Math.max(0, total.devices - withVersion),
  };
};
