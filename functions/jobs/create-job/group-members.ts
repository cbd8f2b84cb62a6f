import { type DeviceClass, needsDowngrade, VERSION } from './device-classes';
import { type FleetIndex, type IndexedThing, MAX_RESULTS } from './fleet-index';
import { allOf, exists, fits, isOneOf, isSearchable, not, type QueryPart } from './fleet-query';
import type { CreateJobPayload } from './payload';
import type { Tally } from './tally';

/** As many versions are counted, each by a call. */
const MAX_VERSIONS = 20;

/** A version that the index can be asked for, and has not been: it ignores case. */
const newVersions = (page: readonly IndexedThing[], known: readonly string[]): readonly string[] => {
  const seen = new Set(known.map((version) => version.toLowerCase()));
  return page.flatMap(({ attributes: { firmwareVersion = '' } }) => {
    const isNew = isSearchable(firmwareVersion) && !seen.has(firmwareVersion.toLowerCase());
    if (isNew) seen.add(firmwareVersion.toLowerCase());
    return isNew ? [firmwareVersion] : [];
  });
};

/**
 * Counts the members of a group by version. The index sums up attributes only where they are custom fields of its
 * configuration, so versions are found on the way: by what is left when those found are excluded, until a query is full.
 */
const tallyVersions = async (
  fleet: FleetIndex,
  members: QueryPart,
  payload: CreateJobPayload,
  tally: Tally,
): Promise<void> => {
  const known = [payload.firmwareVersion];
  for (;;) {
    const others = allOf(members, exists(VERSION), not(isOneOf(VERSION, known)));
    if (!fits(others)) return;
    const page = await fleet.search(others.text, MAX_RESULTS);
    const found = newVersions(page, known).slice(0, MAX_VERSIONS + 1 - known.length);
    if (found.length === 0) return;
    for (const version of found) {
      const count = await fleet.count(allOf(members, isOneOf(VERSION, [version])).text);
      tally.addVersion(version, count);
      if (!needsDowngrade(payload, version)) continue;
      const examples = page.filter(({ attributes }) => attributes['firmwareVersion'] === version);
      tally.add('needsDowngrade', count, examples);
    }
    known.push(...found);
  }
};

/** Counts the members of thing groups: some 20 calls, however many there are. */
export const tallyGroups = async (
  fleet: FleetIndex,
  groups: readonly string[],
  classes: readonly DeviceClass[],
  payload: CreateJobPayload,
  tally: Tally,
): Promise<void> => {
  for (const group of groups) await fleet.checkGroup(group);
  const members = isOneOf('thingGroupNames', groups);
  tally.add('devices', await fleet.count(members.text), []);
  for (const { name, query } of classes) {
    const text = allOf(members, query).text;
    const count = await fleet.count(text);
    if (count === 0) continue;
    tally.add(name, count, await fleet.search(text, tally.maxSamples));
    if (name === 'alreadyOnTarget') tally.addVersion(payload.firmwareVersion, count);
  }
  await tallyVersions(fleet, members, payload, tally);
};
