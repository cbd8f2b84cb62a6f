import { DescribeThingCommand, GetThingConnectivityDataCommand } from '@aws-sdk/client-iot';
import { isAwsError } from '../../functions/shared/errors';
import { NotFoundError, type Operator } from '../operator';

/** Whether a device is connected, live. */
export interface Connectivity {
  readonly isConnected: boolean;
  /** Since when, milliseconds since the epoch; absent when it never was, or when AWS IoT does not know. */
  readonly since?: number;
  readonly disconnectReason?: string;
}

/** A device as AWS IoT knows it. */
export interface DeviceDescription {
  readonly thingName: string;
  readonly thingTypeName?: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Absent when connectivity is not indexed. */
  readonly connectivity?: Connectivity;
}

const connectivityOf = async ({ clients: { iot } }: Operator, thingName: string): Promise<Connectivity | undefined> => {
  try {
    const { connected, timestamp, disconnectReason } = await iot.send(
      new GetThingConnectivityDataCommand({ thingName }),
    );
    return {
      isConnected: connected ?? false,
      ...(timestamp && { since: timestamp.getTime() }),
      ...(disconnectReason !== undefined && { disconnectReason }),
    };
  } catch (error) {
    if (isAwsError(error, 'ResourceNotFoundException')) return { isConnected: false };
    if (isAwsError(error, 'IndexNotReadyException')) return undefined;
    throw error;
  }
};

/** Registry and live connectivity: two calls. @throws NotFoundError */
export const describeDevice = async (operator: Operator, thingName: string): Promise<DeviceDescription> => {
  try {
    const { thingTypeName, attributes = {} } = await operator.clients.iot.send(new DescribeThingCommand({ thingName }));
    const connectivity = await connectivityOf(operator, thingName);
    return {
      ...{ thingName, attributes },
      ...(thingTypeName !== undefined && { thingTypeName }),
      ...(connectivity && { connectivity }),
    };
  } catch (error) {
    if (!isAwsError(error, 'ResourceNotFoundException')) throw error;
    throw new NotFoundError(`There is no thing ${thingName}.`);
  }
};
