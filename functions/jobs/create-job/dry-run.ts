import { type DeviceClass, deviceClasses, needsDowngrade, notSearchableIn } from './device-classes';
import { type FleetIndex, type IndexedThing, MAX_RESULTS } from './fleet-index';
import { allOf, fits, inQueries, isOneOf } from './fleet-query';
import { tallyGroups } from './group-members';
import { invalidPayload } from './invalid-payload';
import type { CreateJobPayload } from './payload';
import { type Counted, createTally, type Tally } from './tally';

/** More do not fit into a query of the fleet index, with what it asks about their members. */
const MAX_GROUPS = 4;

/** What a job would reach. A device may be in several classes. */
export interface DryRunAnswer {
  readonly dryRun: true;
  readonly targets: readonly string[];
  /** Devices that would get the job. */
  readonly devices: number;
  /** Not connected: the upgrade fails as soon as it starts. */
  readonly offline: number;
  /** The registry has the target version: these are not asked to download when they report it, too. */
  readonly alreadyOnTarget: number;
  /** On a newer version, and refused; absent where the job allows it. */
  readonly needsDowngrade?: number;
  /** Not as `firmware.compatibleWith` says; absent where the job does not say it. */
  readonly incompatible?: number;
  /** The registry has no version: the upgrade fails as soon as it starts. */
  readonly withoutVersion: number;
  /** Things among the targets that the fleet index does not have. */
  readonly notFound: number;
  /** Devices by the version that the registry has. */
  readonly versions: Readonly<Record<string, number>>;
  /** Devices on versions that there was no room to ask for, so that `needsDowngrade` may be too low. */
  readonly onOtherVersions: number;
  /** A few names of each class. */
  readonly samples: Readonly<Partial<Record<Exclude<Counted, 'devices'> | 'notFound', readonly string[]>>>;
}

const namesOf = (targets: readonly string[], kind: 'thing' | 'thinggroup'): readonly string[] =>
  targets.flatMap((target) => target.split(`:${kind}/`)[1] ?? []);

const checkQueries = (groups: readonly string[], classes: readonly DeviceClass[], payload: CreateJobPayload): void => {
  if (groups.length === 0) return;
  if (groups.length > MAX_GROUPS)
    throw invalidPayload([`dryRun counts the devices of at most ${MAX_GROUPS} thing groups, not of ${groups.length}`]);
  const [notSearchable] = notSearchableIn(payload.firmware?.compatibleWith ?? {});
  if (notSearchable !== undefined)
    throw invalidPayload([
      `dryRun cannot count by firmware.compatibleWith: the fleet index cannot search for ${JSON.stringify(notSearchable)}`,
    ]);
  const members = isOneOf('thingGroupNames', groups);
  const long = classes.find(({ query }) => !fits(allOf(members, query)));
  if (long)
    throw invalidPayload([
      'dryRun cannot count by firmware.compatibleWith: a query of the fleet index has at most 12 names and values, and 1000 characters',
    ]);
};

const tallyThings = (
  things: readonly IndexedThing[],
  classes: readonly DeviceClass[],
  payload: CreateJobPayload,
  tally: Tally,
): void => {
  for (const thing of things) {
    tally.add('devices', 1, []);
    for (const { name, has } of classes) if (has(thing)) tally.add(name, 1, [thing]);
    const { firmwareVersion } = thing.attributes;
    if (firmwareVersion === undefined) continue;
    tally.addVersion(firmwareVersion, 1);
    if (needsDowngrade(payload, firmwareVersion)) tally.add('needsDowngrade', 1, [thing]);
  }
};

/**
 * Counts the devices that a job would reach, by the fleet index: members of groups by statistics, single things one by one.
 * The number of calls does not grow with the number of members.
 * @throws InvalidPayloadError when the index cannot be asked for that
 */
export const dryRun = async (fleet: FleetIndex, payload: CreateJobPayload): Promise<DryRunAnswer> => {
  const { targets, allowDowngrade, firmware } = payload;
  const groups = namesOf(targets, 'thinggroup');
  const names = namesOf(targets, 'thing');
  const classes = deviceClasses(payload);
  checkQueries(groups, classes, payload);

  const tally = createTally();
  if (groups.length > 0) await tallyGroups(fleet, groups, classes, payload, tally);
  const things: IndexedThing[] = [];
  for (const query of inQueries('thingName', names)) things.push(...(await fleet.search(query.text, MAX_RESULTS)));
  // The index ignores case, and members of the groups are counted already.
  const found = things.filter(({ thingName }) => names.includes(thingName));
  const single = found.filter((thing) => !thing.groups.some((group) => groups.includes(group)));
  tallyThings(single, classes, payload, tally);

  const missing = names.filter((name) => !found.some(({ thingName }) => thingName === name));
  const versions = tally.versions();
  const onKnownVersions = Object.values(versions).reduce((sum, count) => sum + count, 0);
  const devices = tally.count('devices');
  const withoutVersion = tally.count('withoutVersion');
  return {
    dryRun: true,
    ...{ targets, devices, offline: tally.count('offline'), alreadyOnTarget: tally.count('alreadyOnTarget') },
    ...(!allowDowngrade && { needsDowngrade: tally.count('needsDowngrade') }),
    ...(firmware?.compatibleWith && { incompatible: tally.count('incompatible') }),
    ...{ withoutVersion, notFound: missing.length, versions },
    onOtherVersions: Math.max(0, devices - withoutVersion - onKnownVersions),
    samples: { ...tally.samples(), ...(missing.length > 0 && { notFound: missing.slice(0, tally.maxSamples) }) },
  };
};
