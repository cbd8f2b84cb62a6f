import { randomUUID } from 'node:crypto';
import type {
  AddThingToThingGroupCommandInput,
  CreateThingGroupCommandInput,
  CreateThingGroupCommandOutput,
  DeleteThingGroupCommandInput,
  RemoveThingFromThingGroupCommandInput,
} from '@aws-sdk/client-iot';
import type { IotContext } from '../context';
import { alreadyExists, checkVersion, invalidRequest } from '../errors';
import type { Output } from '../output';
import type { ThingStore } from '../registry/thing-store';
import { checkAttributes, resourceNameOf } from '../validation';
import { groupOf, thingOf } from './group-lookup';
import type { ThingGroup, ThingGroups } from './thing-groups';

const requireStatic = (group: ThingGroup, instead: string) => {
  if (group.dynamic) throw invalidRequest(`Thing group ${group.thingGroupName} is dynamic: ${instead}.`);
};

/** CreateThingGroup, DeleteThingGroup, AddThingToThingGroup, RemoveThingFromThingGroup. */
export const createStaticGroupOperations = ({ clock, arns }: IotContext, things: ThingStore, groups: ThingGroups) => ({
  CreateThingGroup: (input: CreateThingGroupCommandInput): Output<CreateThingGroupCommandOutput> => {
    const thingGroupName = resourceNameOf(input.thingGroupName, 'thingGroupName');
    if (input.parentGroupName !== undefined)
      throw invalidRequest('parentGroupName is not emulated by local mode: create the group without a parent.');
    const attributes = input.thingGroupProperties?.attributePayload?.attributes ?? {};
    const description = input.thingGroupProperties?.thingGroupDescription;
    checkAttributes(attributes);
    const existing = groups.get(thingGroupName);
    if (existing) {
      const same =
        !existing.dynamic &&
        existing.description === description &&
        JSON.stringify(existing.attributes) === JSON.stringify(attributes);
      if (!same) throw alreadyExists(`Thing group ${thingGroupName} already exists with different properties.`);
      return { thingGroupName, thingGroupArn: existing.thingGroupArn, thingGroupId: existing.thingGroupId };
    }
    const group: ThingGroup = {
      thingGroupName,
      thingGroupArn: arns.of('thinggroup', thingGroupName),
      thingGroupId: randomUUID(),
      creationDate: new Date(clock.now()),
      members: new Set(),
      version: 1,
      description,
      attributes,
      dynamic: undefined,
    };
    groups.add(group);
    return { thingGroupName, thingGroupArn: group.thingGroupArn, thingGroupId: group.thingGroupId };
  },

  DeleteThingGroup: (input: DeleteThingGroupCommandInput) => {
    const group = groups.get(resourceNameOf(input.thingGroupName, 'thingGroupName'));
    if (!group) return {};
    requireStatic(group, 'use DeleteDynamicThingGroup');
    checkVersion(`Thing group ${group.thingGroupName}`, input.expectedVersion, group.version);
    groups.remove(group);
    return {};
  },

  AddThingToThingGroup: (input: AddThingToThingGroupCommandInput) => {
    const group = groupOf(arns, groups, input);
    requireStatic(group, 'its query decides its members');
    groups.join(group, thingOf(arns, things, input));
    return {};
  },

  RemoveThingFromThingGroup: (input: RemoveThingFromThingGroupCommandInput) => {
    const group = groupOf(arns, groups, input);
    requireStatic(group, 'its query decides its members');
    groups.leave(group, thingOf(arns, things, input));
    return {};
  },
});
