import type { ThingConnectivity, ThingDocument } from '@aws-sdk/client-iot';
import type { Thing, ThingStore } from '../registry/thing-store';
import type { Connectivity, ConnectivityStore } from './connectivity-store';
import type { IndexingConfiguration } from './indexing-configuration';
import { type FieldValues, type Query, matchesQuery, requiredValue } from './query';

/** The things as SearchIndex and dynamic groups see them. */
export interface FleetIndex {
  document(thing: Thing): ThingDocument;
  matches(query: Query, thing: Thing): boolean;
  /** Things that match. A query that asks for one thing name looks at that thing only. */
  search(query: Query): Iterable<Thing>;
  /** Values of a field, as in queries. */
  valuesOf(thing: Thing, field: string): readonly string[];
}

const groupNamesOf = (thing: Thing): string[] => [...thing.staticGroups, ...thing.dynamicGroups];

const describeConnectivity = ({ connected, timestamp, disconnectReason }: Connectivity): ThingConnectivity => ({
  connected,
  timestamp,
  ...(disconnectReason === undefined ? {} : { disconnectReason }),
});

const optional = (value: string | number | boolean | undefined): readonly string[] =>
  value === undefined ? [] : [String(value)];

/** An index that does not have to be built: it reads the registry, and the connectivity of the clients with the things' names. */
export const createFleetIndex = (
  things: ThingStore,
  connectivity: ConnectivityStore,
  configuration: IndexingConfiguration,
): FleetIndex => {
  const connectivityOf = (thing: Thing) =>
    configuration.indexesConnectivity() ? connectivity.get(thing.thingName) : undefined;

  const fieldOf = (thing: Thing, field: string): readonly string[] => {
    switch (field) {
      case 'thingName':
        return [thing.thingName];
      case 'thingId':
        return [thing.thingId];
      case 'registry.version':
        return [String(thing.version)];
      case 'thingTypeName':
      case 'registry.thingTypeName':
        return optional(thing.thingTypeName);
      case 'thingGroupNames':
      case 'registry.thingGroupNames':
        return groupNamesOf(thing);
      case 'connectivity.connected':
        return optional(connectivityOf(thing)?.connected);
      case 'connectivity.timestamp':
        return optional(connectivityOf(thing)?.timestamp);
      case 'connectivity.disconnectReason':
        return optional(connectivityOf(thing)?.disconnectReason);
      default:
        return field.startsWith('attributes.') ? optional(thing.attributes[field.slice('attributes.'.length)]) : [];
    }
  };
  /** An unfielded term searches the registry's fields (developer guide: not connectivity). */
  const registryOf = (thing: Thing): readonly string[] => [
    thing.thingName,
    thing.thingId,
    ...optional(thing.thingTypeName),
    ...Object.values(thing.attributes),
    ...groupNamesOf(thing),
  ];
  const valuesOf =
    (thing: Thing): FieldValues =>
    (field) =>
      field === undefined ? registryOf(thing) : fieldOf(thing, field);

  function* search(query: Query) {
    const thingName = requiredValue(query, 'thingName');
    const candidates = thingName === undefined ? things.all() : things.sameNameIgnoringCase(thingName);
    for (const thing of candidates) if (matchesQuery(query, valuesOf(thing))) yield thing;
  }

  return {
    document: (thing) => {
      const known = connectivityOf(thing);
      return {
        thingName: thing.thingName,
        thingId: thing.thingId,
        ...(thing.thingTypeName === undefined ? {} : { thingTypeName: thing.thingTypeName }),
        thingGroupNames: groupNamesOf(thing),
        attributes: { ...thing.attributes },
        ...(known ? { connectivity: describeConnectivity(known) } : {}),
      };
    },
    matches: (query, thing) => matchesQuery(query, valuesOf(thing)),
    search,
    valuesOf: fieldOf,
  };
};
