import type { Store } from '../../../store/store';
import type { FleetIndex } from '../index/fleet-index';
import type { IndexingConfiguration } from '../index/indexing-configuration';
import type { Query } from '../index/query';
import { parseQuery } from '../index/query-parser';
import { notFound } from '../errors';
import type { Thing, ThingStore } from '../registry/thing-store';

/** A thing group; a dynamic one has a query. */
export interface ThingGroup {
  readonly thingGroupName: string;
  readonly thingGroupArn: string;
  readonly thingGroupId: string;
  readonly creationDate: Date;
  /** Names of things. */
  readonly members: Set<string>;
  version: number;
  description: string | undefined;
  attributes: Record<string, string>;
  dynamic: { readonly queryString: string; readonly query: Query } | undefined;
}

/** A group as it is saved: its things say that they are members. */
interface SavedGroup extends Omit<ThingGroup, 'members' | 'dynamic'> {
  readonly queryString: string | undefined;
}

type MembershipListener = (group: ThingGroup, thingName: string, change: 'joined' | 'left') => void;

/** All thing groups, static and dynamic, and their members. */
export interface ThingGroups {
  get(thingGroupName: string): ThingGroup | undefined;
  /** @throws AwsError ResourceNotFoundException */
  getOrThrow(thingGroupName: string): ThingGroup;
  all(): Iterable<ThingGroup>;
  add(group: ThingGroup): void;
  remove(group: ThingGroup): void;
  join(group: ThingGroup, thing: Thing): void;
  leave(group: ThingGroup, thing: Thing): void;
  /** Description, attributes, version or query of a group have changed. */
  save(group: ThingGroup): void;
  /** Evaluates a dynamic group for every thing: when its query is new or the index has been switched on. */
  refresh(group: ThingGroup): void;
  onMembership(listener: MembershipListener): void;
}

/** Dynamic membership is updated at each change of a thing; the work per change grows with the number of groups, not of things. */
export const createThingGroups = (
  store: Store,
  things: ThingStore,
  index: FleetIndex,
  configuration: IndexingConfiguration,
): ThingGroups => {
  const groups = new Map<string, ThingGroup>();
  const dynamicGroups = new Set<ThingGroup>();
  const kept = store.collection<SavedGroup>('iot-thing-groups', (name) => {
    const group = groups.get(name);
    if (!group) return undefined;
    const { members: _, dynamic, ...rest } = group;
    return { ...rest, queryString: dynamic?.queryString };
  });
  const save = ({ thingGroupName }: ThingGroup) => kept.changed(thingGroupName);
  const insert = (group: ThingGroup) => {
    groups.set(group.thingGroupName, group);
    if (group.dynamic) dynamicGroups.add(group);
  };
  for (const { queryString, ...saved } of kept.saved.values()) {
    const dynamic = queryString === undefined ? undefined : { queryString, query: parseQuery(queryString) };
    insert({ ...saved, members: new Set(), dynamic });
  }
  for (const { thingName, staticGroups, dynamicGroups: dynamic } of things.all())
    for (const name of [...staticGroups, ...dynamic]) groups.get(name)?.members.add(thingName);
  const listeners: MembershipListener[] = [];

  const groupsOf = (group: ThingGroup, thing: Thing) => (group.dynamic ? thing.dynamicGroups : thing.staticGroups);
  const announce = (group: ThingGroup, thing: Thing, change: 'joined' | 'left') =>
    listeners.forEach((listener) => listener(group, thing.thingName, change));

  const enter = (group: ThingGroup, thing: Thing) => {
    if (group.members.has(thing.thingName)) return;
    group.members.add(thing.thingName);
    groupsOf(group, thing).add(group.thingGroupName);
    things.save(thing);
    announce(group, thing, 'joined');
  };
  const leave = (group: ThingGroup, thing: Thing) => {
    if (!group.members.delete(thing.thingName)) return;
    groupsOf(group, thing).delete(group.thingGroupName);
    things.save(thing);
    announce(group, thing, 'left');
  };
  const evaluate = (group: ThingGroup, thing: Thing) => {
    if (!group.dynamic) return;
    if (index.matches(group.dynamic.query, thing)) enter(group, thing);
    else leave(group, thing);
  };
  const refresh = (group: ThingGroup) => {
    if (!group.dynamic || !configuration.indexesThings()) return;
    for (const thing of things.all()) evaluate(group, thing);
  };

  // Groups are evaluated in the order of their creation, so a query may refer to older groups (thingGroupNames).
  things.onChanged((thing) => {
    if (!configuration.indexesThings()) return;
    for (const group of dynamicGroups) evaluate(group, thing);
  });
  things.onRemoved((thing) => {
    for (const name of [...thing.staticGroups, ...thing.dynamicGroups]) {
      const group = groups.get(name);
      if (group) leave(group, thing);
    }
  });
  configuration.onChanged(() => dynamicGroups.forEach(refresh));

  return {
    get: (thingGroupName) => groups.get(thingGroupName),
    getOrThrow: (thingGroupName) => {
      const group = groups.get(thingGroupName);
      if (!group) throw notFound(`Thing group ${thingGroupName} does not exist.`);
      return group;
    },
    all: () => groups.values(),
    add: (group) => {
      insert(group);
      save(group);
      refresh(group);
    },
    remove: (group) => {
      groups.delete(group.thingGroupName);
      save(group);
      dynamicGroups.delete(group);
      for (const thingName of [...group.members]) {
        const thing = things.get(thingName);
        if (thing) leave(group, thing);
      }
    },
    join: (group, thing) => {
      enter(group, thing);
      things.changed(thing);
    },
    leave: (group, thing) => {
      leave(group, thing);
      things.changed(thing);
    },
    save,
    refresh,
    onMembership: (listener) => listeners.push(listener),
  };
};
