import { randomUUID } from 'node:crypto';
import type {
  CreateDynamicThingGroupCommandInput,
  CreateDynamicThingGroupCommandOutput,
  DeleteDynamicThingGroupCommandInput,
  UpdateDynamicThingGroupCommandInput,
  UpdateDynamicThingGroupCommandOutput,
} from '@aws-sdk/client-iot';
import type { IotContext } from '../context';
import { alreadyExists, checkVersion, invalidRequest } from '../errors';
import type { IndexingConfiguration } from '../index/indexing-configuration';
import { parseQuery } from '../index/query-parser';
import type { Output } from '../output';
import { checkAttributes, required, resourceNameOf } from '../validation';
import type { ThingGroup, ThingGroups } from './thing-groups';

const INDEX = 'AWS_Things';
const QUERY_VERSION = '2017-09-30';

/** CreateDynamicThingGroup, UpdateDynamicThingGroup, DeleteDynamicThingGroup. */
export const createDynamicGroupOperations = (
  { clock, arns }: IotContext,
  groups: ThingGroups,
  configuration: IndexingConfiguration,
) => {
  const checkIndex = (indexName = INDEX) => {
    if (indexName !== INDEX) throw invalidRequest(`indexName ${indexName} is not valid: dynamic groups use ${INDEX}.`);
    if (configuration.status() === undefined)
      throw invalidRequest('Dynamic thing groups need fleet indexing: switch it on (UpdateIndexingConfiguration).');
  };
  const getOrThrow = (name: string | undefined): ThingGroup => {
    const group = groups.getOrThrow(resourceNameOf(name, 'thingGroupName'));
    if (!group.dynamic) throw invalidRequest(`Thing group ${group.thingGroupName} is not dynamic.`);
    return group;
  };

  return {
    CreateDynamicThingGroup: (
      input: CreateDynamicThingGroupCommandInput,
    ): Output<CreateDynamicThingGroupCommandOutput> => {
      const thingGroupName = resourceNameOf(input.thingGroupName, 'thingGroupName');
      const queryString = required(input.queryString, 'queryString');
      checkIndex(input.indexName);
      const query = parseQuery(queryString);
      const attributes = input.thingGroupProperties?.attributePayload?.attributes ?? {};
      checkAttributes(attributes);
      const existing = groups.get(thingGroupName);
      if (existing && existing.dynamic?.queryString !== queryString)
        throw alreadyExists(`Thing group ${thingGroupName} already exists with another query.`);
      const group = existing ?? {
        thingGroupName,
        thingGroupArn: arns.of('thinggroup', thingGroupName),
        thingGroupId: randomUUID(),
        creationDate: new Date(clock.now()),
        members: new Set<string>(),
        version: 1,
        description: input.thingGroupProperties?.thingGroupDescription,
        attributes,
        dynamic: { queryString, query },
      };
      if (!existing) groups.add(group);
      const { thingGroupArn, thingGroupId } = group;
      return {
        thingGroupName,
        thingGroupArn,
        thingGroupId,
        indexName: INDEX,
        queryString,
        queryVersion: QUERY_VERSION,
      };
    },

    UpdateDynamicThingGroup: (
      input: UpdateDynamicThingGroupCommandInput,
    ): Output<UpdateDynamicThingGroupCommandOutput> => {
      const group = getOrThrow(input.thingGroupName);
      checkVersion(`Thing group ${group.thingGroupName}`, input.expectedVersion, group.version);
      checkIndex(input.indexName);
      const { queryString } = input;
      if (queryString !== undefined) group.dynamic = { queryString, query: parseQuery(queryString) };
      const properties = input.thingGroupProperties;
      const attributes = properties?.attributePayload?.attributes;
      if (attributes) checkAttributes(attributes);
      group.description = properties?.thingGroupDescription ?? group.description;
      group.attributes = attributes ?? group.attributes;
      group.version += 1;
      groups.save(group);
      groups.refresh(group);
      return { version: group.version };
    },

    DeleteDynamicThingGroup: (input: DeleteDynamicThingGroupCommandInput) => {
      const name = resourceNameOf(input.thingGroupName, 'thingGroupName');
      if (!groups.get(name)) return {};
      const group = getOrThrow(name);
      checkVersion(`Thing group ${name}`, input.expectedVersion, group.version);
      groups.remove(group);
      return {};
    },
  };
};
