import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { DEVICE, deviceOf } from '../device-items';
import type { FollowVersionDeps } from './follow-version';

/** What the devices table knows that a device runs, or is about to, also from a moment ago. */
export const versionsIn =
  (dynamo: DynamoDBDocumentClient, TableName: string): FollowVersionDeps['versionsOf'] =>
  async (thingName) => {
    const Key = { thingName, recordKey: DEVICE };
    const { Item = {} } = await dynamo.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    const { current, facts } = deviceOf(Item, thingName);
    const isAwaited = current !== undefined && !current.isOver && current.reached === undefined;
    return { running: facts['firmwareVersion'], awaited: isAwaited ? current.firmwareVersion : undefined };
  };
