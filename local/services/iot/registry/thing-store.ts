import type { IotContext } from '../context';
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
  /** Something has changed that no listener needs to know: principals, dynamic groups. */
  save(thing: Thing): void;
  onChanged(listener: ThingListener): void;
  onRemoved(listener: ThingListener): void;
}

/** The registry's things: those that were saved, or none. */
export const createThingStore = ({ arns, store }: Pick<IotContext, 'arns' | 'store'>): ThingStore => {
  const things = new Map<string, Thing>();
  const kept = store.collection<Thing>('iot-things', (thingName) => things.get(thingName));
  const byLowerCase = new Map<string, Thing[]>();
  const changeListeners: ThingListener[] = [];
  const removalListeners: ThingListener[] = [];
  const save = ({ thingName }: Thing) => kept.changed(thingName);
  const changed = (thing: Thing) => {
    save(thing);
    changeListeners.forEach((listener) => listener(thing));
  };
  const insert = (thing: Thing) => {
    const key = thing.thingName.toLowerCase();
    things.set(thing.thingName, thing);
    byLowerCase.set(key, [...(byLowerCase.get(key) ?? []), thing]);
  };
  for (const thing of kept.saved.values()) insert(thing);

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
      insert(thing);
      changed(thing);
      return thing;
    },
    remove: (thing) => {
      const key = thing.thingName.toLowerCase();
      const rest = (byLowerCase.get(key) ?? []).filter((other) => other !== thing);
      if (rest.length > 0) byLowerCase.set(key, rest);
      else byLowerCase.delete(key);
      things.delete(thing.thingName);
      save(thing);
      removalListeners.forEach((listener) => listener(thing));
    },
    changed,
    save,
    onChanged: (listener) => changeListeners.push(listener),
    onRemoved: (listener) => removalListeners.push(listener),
  };
};
