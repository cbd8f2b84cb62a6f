import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { DEVICE, deviceOf } from '../device-items';
import type { FollowVersionDeps } from './follow-version';

/** What the devices table knows that a device runs, also from a moment ago. */
export const runningVersionIn =
  (dynamo: DynamoDBDocumentClient, TableName: string): FollowVersionDeps['runningVersion'] =>
  async (thingName) => {
    const Key = { thingName, recordKey: DEVICE };
    const { Item = {} } = await dynamo.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    return deviceOf(Item, thingName).facts['firmwareVersion'];
  };
