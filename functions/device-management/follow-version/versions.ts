import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { DEVICE, deviceOf } from '../device-items';
import { hasReached } from '../reached';
import type { FollowVersionDeps } from './follow-version';

/** What the devices table knows that a device runs, or is about to, also from a moment ago. */
export const versionsIn =
  (dynamo: DynamoDBDocumentClient, TableName: string): FollowVersionDeps['versionsOf'] =>
  async (thingName) => {
    const Key = { thingName, recordKey: DEVICE };
    const { Item = {} } = await dynamo.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    const device = deviceOf(Item, thingName);
    const { current, facts } = device;
    const isAwaited = current !== undefined && !current.isOver && !hasReached(device);
    return { running: facts['firmwareVersion'], awaited: isAwaited ? current.firmwareVersion : undefined };
  };
