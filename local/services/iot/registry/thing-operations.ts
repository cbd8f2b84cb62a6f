import { randomUUID } from 'node:crypto';
import type {
  CreateThingCommandInput,
  CreateThingCommandOutput,
  DeleteThingCommandInput,
  DescribeThingCommandInput,
  DescribeThingCommandOutput,
  ListThingsCommandInput,
  ListThingsCommandOutput,
  UpdateThingCommandInput,
} from '@aws-sdk/client-iot';
import { alreadyExists, checkVersion, invalidRequest } from '../errors';
import { pageOf } from '../paging';
import type { Output } from '../output';
import { checkAttributeCount, checkAttributes, thingNameOf } from '../validation';
import type { Thing, ThingStore } from './thing-store';
import type { ThingTypes } from './thing-type-operations';

/** An empty value means that there is no such attribute. */
const withoutEmpty = (attributes: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ''));

const sameAttributes = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>) =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, value]) => b[name] === value);

const describe = ({ thingName, thingArn, thingTypeName, attributes, version }: Thing) => ({
  thingName,
  thingArn,
  thingTypeName,
  attributes: { ...attributes },
  version,
});

const matchesListing = (thing: Thing, input: ListThingsCommandInput): boolean => {
  if (input.thingTypeName !== undefined && thing.thingTypeName !== input.thingTypeName) return false;
  if (input.attributeName === undefined) return true;
  const value = thing.attributes[input.attributeName];
  if (value === undefined) return false;
  const wanted = input.attributeValue;
  return wanted === undefined || (input.usePrefixAttributeValue ? value.startsWith(wanted) : value === wanted);
};

function* filtered<T>(items: Iterable<T>, keep: (item: T) => boolean) {
  for (const item of items) if (keep(item)) yield item;
}

/** CreateThing, DescribeThing, UpdateThing, DeleteThing, ListThings. */
export const createThingOperations = (things: ThingStore, types: ThingTypes) => ({
  /** As on AWS, creating a thing again with the same type and attributes returns it. */
  CreateThing: (input: CreateThingCommandInput): Output<CreateThingCommandOutput> => {
    const thingName = thingNameOf(input.thingName);
    const given = input.attributePayload?.attributes ?? {};
    checkAttributes(given);
    const attributes = withoutEmpty(given);
    checkAttributeCount(thingName, attributes, input.thingTypeName);
    if (input.thingTypeName !== undefined) types.getOrThrow(input.thingTypeName);
    const existing = things.get(thingName);
    if (
      existing &&
      !(existing.thingTypeName === input.thingTypeName && sameAttributes(existing.attributes, attributes))
    )
      throw alreadyExists(`Thing ${thingName} already exists in account with different tags or attributes.`);
    const { thingArn, thingId } =
      existing ??
      things.add({
        thingName,
        thingId: randomUUID(),
        thingTypeName: input.thingTypeName,
        attributes,
        version: 1,
        staticGroups: new Set(),
        dynamicGroups: new Set(),
        principals: new Set(),
      });
    return { thingName, thingArn, thingId };
  },

  DescribeThing: (input: DescribeThingCommandInput): Output<DescribeThingCommandOutput> => {
    const thing = things.getOrThrow(thingNameOf(input.thingName));
    return { ...describe(thing), thingId: thing.thingId, defaultClientId: thing.thingName };
  },

  UpdateThing: (input: UpdateThingCommandInput) => {
    const thing = things.getOrThrow(thingNameOf(input.thingName));
    checkVersion(`Thing ${thing.thingName}`, input.expectedVersion, thing.version);
    const given = input.attributePayload?.attributes;
    if (given) checkAttributes(given);
    if (input.thingTypeName !== undefined) types.getOrThrow(input.thingTypeName);
    const thingTypeName = input.removeThingType ? undefined : (input.thingTypeName ?? thing.thingTypeName);
    // Without merge the given attributes replace the old ones; without attributes nothing changes.
    const attributes = given
      ? withoutEmpty(input.attributePayload?.merge ? { ...thing.attributes, ...given } : given)
      : thing.attributes;
    checkAttributeCount(thing.thingName, attributes, thingTypeName);
    thing.attributes = attributes;
    thing.thingTypeName = thingTypeName;
    thing.version += 1;
    things.changed(thing);
    return {};
  },

  /** As on AWS, deleting a thing that does not exist is not an error. */
  DeleteThing: (input: DeleteThingCommandInput) => {
    const thing = things.get(thingNameOf(input.thingName));
    if (!thing) return {};
    if (thing.principals.size > 0)
      throw invalidRequest(
        `Thing ${thing.thingName} has ${thing.principals.size} principals attached. Detach them first (DetachThingPrincipal).`,
      );
    checkVersion(`Thing ${thing.thingName}`, input.expectedVersion, thing.version);
    things.remove(thing);
    return {};
  },

  ListThings: (input: ListThingsCommandInput): Output<ListThingsCommandOutput> => {
    const { items, nextToken } = pageOf(
      filtered(things.all(), (thing) => matchesListing(thing, input)),
      input,
    );
    return { things: items.map(describe), nextToken };
  },
});
