import { ListThingGroupsCommand } from '@aws-sdk/client-iot';
import type { Operator } from '../operator';
import { type Page, pageOf, type PageRequest } from '../page';

/** What a roll-out can be for. */
export interface ThingGroup {
  readonly name: string;
  readonly arn: string;
}

/**
 * The thing groups of the account: one call per page of up to 250.
 * https://docs.aws.amazon.com/iot/latest/apireference/API_ListThingGroups.html
 */
export const listGroups = async (
  { clients: { iot } }: Operator,
  { limit = 250, nextToken }: PageRequest = {},
): Promise<Page<ThingGroup>> => {
  const page = await iot.send(
    new ListThingGroupsCommand({ maxResults: Math.min(250, limit), ...(nextToken !== undefined && { nextToken }) }),
  );
  const groups = (page.thingGroups ?? []).map(({ groupName = '', groupArn = '' }) => ({
    name: groupName,
    arn: groupArn,
  }));
  return pageOf(groups, page.nextToken);
};
