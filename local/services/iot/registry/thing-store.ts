import type { Arns } from '../arns';
import { notFound } from '../errors';

/** A thing of the registry. Whoever changes it calls `changed`. */
export interface Thing {
  readonly thingName: string;
  readonly thingId: string;
  readonly thingArn: string;
  thingTypeName: string | undefined;
  attributes: Record<string, string>;
  version: number;
  readonly staticGroups: Set<string>;
  readonly dynamicGroups: Set<string>;
  /** ARNs of certificates. */
  readonly principals: Set<string>;
}

type ThingListener = (thing: Thing) => void;

/** All things by name, and the listeners for their changes. */
export interface ThingStore {
  get(thingName: string): Thing | undefined;
  /** @throws AwsError ResourceNotFoundException */
  getOrThrow(thingName: string): Thing;
  /** Things whose names differ from this one only in case: the fleet index ignores case. */
  sameNameIgnoringCase(thingName: string): readonly Thing[];
  all(): Iterable<Thing>;
  readonly size: number;
  add(thing: Omit<Thing, 'thingArn'>): Thing;
  remove(thing: Thing): void;
  /** Notifies listeners that attributes, type, static groups or connectivity of a thing have changed. */
  changed(thing: Thing): void;
  onChanged(listener: ThingListener): void;
  onRemoved(listener: ThingListener): void;
}

/** An empty registry. */
export const createThingStore = (arns: Arns): ThingStore => {
  const things = new Map<string, Thing>();
  const byLowerCase = new Map<string, Thing[]>();
  const changeListeners: ThingListener[] = [];
  const removalListeners: ThingListener[] = [];
  const changed = (thing: Thing) => changeListeners.forEach((listener) => listener(thing));

  return {
    get: (thingName) => things.get(thingName),
    getOrThrow: (thingName) => {
      const thing = things.get(thingName);
      if (!thing) throw notFound(`Thing ${thingName} does not exist.`);
      return thing;
    },
    sameNameIgnoringCase: (thingName) => byLowerCase.get(thingName.toLowerCase()) ?? [],
    all: () => things.values(),
    get size() {
      return things.size;
    },
    add: (description) => {
      const thing: Thing = { ...description, thingArn: arns.of('thing', description.thingName) };
      const key = thing.thingName.toLowerCase();
      things.set(thing.thingName, thing);
      byLowerCase.set(key, [...(byLowerCase.get(key) ?? []), thing]);
      changed(thing);
      return thing;
    },
    remove: (thing) => {
      const key = thing.thingName.toLowerCase();
      const rest = (byLowerCase.get(key) ?? []).filter((other) => other !== thing);
      if (rest.length > 0) byLowerCase.set(key, rest);
      else byLowerCase.delete(key);
      things.delete(thing.thingName);
      removalListeners.forEach((listener) => listener(thing));
    },
    changed,
    onChanged: (listener) => changeListeners.push(listener),
    onRemoved: (listener) => removalListeners.push(listener),
  };
};
