import { DescribeThingCommand, type IoTClient, UpdateThingCommand } from '@aws-sdk/client-iot';
import type { FollowVersionDeps } from './follow-version';

/** The things of AWS IoT. */
export const iotRegistry = (iot: IoTClient): Pick<FollowVersionDeps, 'describeThing' | 'updateThing'> => ({
  describeThing: async (thingName) => {
    const { version, attributes } = await iot.send(new DescribeThingCommand({ thingName }));
    return { version, firmwareVersion: attributes?.['firmwareVersion'] };
  },
  updateThing: async (thingName, firmwareVersion, expectedVersion) => {
    const attributePayload = { attributes: { firmwareVersion }, merge: true };
    await iot.send(new UpdateThingCommand({ thingName, attributePayload, expectedVersion }));
  },
});
