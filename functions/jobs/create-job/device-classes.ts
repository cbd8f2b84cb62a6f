import { compareVersions } from '../../shared/version';
import type { CompatibleWith } from './firmware';
import type { IndexedThing } from './fleet-index';
import { exists, isCompatible, isOneOf, isSearchable, not, type QueryPart, valuesOf } from './fleet-query';
import type { CreateJobPayload } from './payload';

export const VERSION = 'attributes.firmwareVersion';

/** Devices that a job reaches and may not upgrade: the same as a query of the fleet index and as a test of one thing. */
export interface DeviceClass {
  readonly name: 'offline' | 'alreadyOnTarget' | 'withoutVersion' | 'incompatible';
  readonly query: QueryPart;
  readonly has: (thing: IndexedThing) => boolean;
}

const fitsFirmware = ({ thingTypeName, attributes = {} }: CompatibleWith, thing: IndexedThing): boolean =>
  (thingTypeName === undefined || thing.thingTypeName === thingTypeName) &&
  Object.entries(attributes).every(([name, values]) => valuesOf(values).includes(thing.attributes[name] ?? ''));

/** Why the fleet index cannot be asked for compatible devices. */
export const notSearchableIn = ({ attributes = {} }: CompatibleWith): readonly string[] =>
  Object.entries(attributes).flatMap(([name, values]) => [
    ...(isSearchable(name) && !name.includes(':') ? [] : [name]),
    ...valuesOf(values).filter((value) => !isSearchable(value)),
  ]);

/** A device may be in several of them. */
export const deviceClasses = ({ firmwareVersion, firmware }: CreateJobPayload): readonly DeviceClass[] => {
  const compatibleWith = firmware?.compatibleWith;
  return [
    // A device that never connected has no connectivity in the index.
    { name: 'offline', query: not(isOneOf('connectivity.connected', ['true'])), has: ({ connected }) => !connected },
    {
      name: 'alreadyOnTarget',
      query: isOneOf(VERSION, [firmwareVersion]),
      has: ({ attributes }) => attributes['firmwareVersion'] === firmwareVersion,
    },
    {
      name: 'withoutVersion',
      query: not(exists(VERSION)),
      has: ({ attributes }) => attributes['firmwareVersion'] === undefined,
    },
    ...(compatibleWith === undefined
      ? []
      : [
          {
            name: 'incompatible' as const,
            query: not(isCompatible(compatibleWith)),
            has: (thing: IndexedThing) => !fitsFirmware(compatibleWith, thing),
          },
        ]),
  ];
};

/** Whether a device that runs a version is not upgraded, because the job would make it older. */
export const needsDowngrade = ({ allowDowngrade, firmwareVersion }: CreateJobPayload, version: string): boolean =>
  !allowDowngrade && compareVersions(version, firmwareVersion) > 0;
