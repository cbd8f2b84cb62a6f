import type {
  DescribeThingGroupCommandInput,
  DescribeThingGroupCommandOutput,
  ListThingGroupsCommandInput,
  ListThingGroupsCommandOutput,
  ListThingGroupsForThingCommandInput,
  ListThingGroupsForThingCommandOutput,
  ListThingsInThingGroupCommandInput,
  ListThingsInThingGroupCommandOutput,
} from '@aws-sdk/client-iot';
import type { Output } from '../output';
import { pageOf } from '../paging';
import type { ThingStore } from '../registry/thing-store';
import { resourceNameOf, thingNameOf } from '../validation';
import type { ThingGroup, ThingGroups } from './thing-groups';

const reference = ({ thingGroupName, thingGroupArn }: ThingGroup) => ({
  groupName: thingGroupName,
  groupArn: thingGroupArn,
});

/** DescribeThingGroup, ListThingGroups, ListThingsInThingGroup, ListThingGroupsForThing. */
export const createGroupQueries = (things: ThingStore, groups: ThingGroups) => ({
  DescribeThingGroup: (input: DescribeThingGroupCommandInput): Output<DescribeThingGroupCommandOutput> => {
    const group = groups.getOrThrow(resourceNameOf(input.thingGroupName, 'thingGroupName'));
    return {
      thingGroupName: group.thingGroupName,
      thingGroupArn: group.thingGroupArn,
      thingGroupId: group.thingGroupId,
      version: group.version,
      thingGroupProperties: {
        thingGroupDescription: group.description,
        attributePayload: { attributes: { ...group.attributes } },
      },
      thingGroupMetadata: { creationDate: group.creationDate },
      ...(group.dynamic && {
        indexName: 'AWS_Things',
        queryString: group.dynamic.queryString,
        queryVersion: '2017-09-30',
        status: 'ACTIVE',
      }),
    };
  },

  ListThingGroups: (input: ListThingGroupsCommandInput): Output<ListThingGroupsCommandOutput> => {
    const prefix = input.namePrefixFilter ?? '';
    const all = [...groups.all()].filter((group) => group.thingGroupName.startsWith(prefix));
    const { items, nextToken } = pageOf(all, input);
    return { thingGroups: items.map(reference), nextToken };
  },

  ListThingsInThingGroup: (input: ListThingsInThingGroupCommandInput): Output<ListThingsInThingGroupCommandOutput> => {
    const group = groups.getOrThrow(resourceNameOf(input.thingGroupName, 'thingGroupName'));
    const { items, nextToken } = pageOf(group.members, input);
    return { things: items, nextToken };
  },

  ListThingGroupsForThing: (
    input: ListThingGroupsForThingCommandInput,
  ): Output<ListThingGroupsForThingCommandOutput> => {
    const thing = things.getOrThrow(thingNameOf(input.thingName));
    const { items, nextToken } = pageOf([...thing.staticGroups, ...thing.dynamicGroups], input);
    return { thingGroups: items.map((name) => reference(groups.getOrThrow(name))), nextToken };
  },
});
