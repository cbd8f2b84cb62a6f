import type { Client } from 'aedes';
import type { Environment } from '../../core/api';

/** Actions of the AWS IoT data plane that policies of certificates can allow. */
export type IotAction = 'iot:Connect' | 'iot:Publish' | 'iot:Subscribe' | 'iot:Receive';

/** What a connected client may do. */
export interface Access {
  mayConnect(client: Client): boolean;
  mayPublish(client: Client, topic: string): boolean;
  maySubscribe(client: Client, filter: string): boolean;
  mayReceive(client: Client, topic: string): boolean;
}

/**
 * Asks the policies of the client's certificate, with the resource ARNs of AWS IoT Core policies.
 * A client without a certificate is connected to the plain listener and may do everything.
 */
export const createAccess = (
  { region, accountId }: Environment,
  certificateOf: (client: Client) => string | undefined,
  allows: (certificateId: string, action: IotAction, resourceArn: string, clientId: string) => boolean = () => false,
): Access => {
  const may = (client: Client, action: IotAction, resource: string) => {
    const certificateId = certificateOf(client);
    if (certificateId === undefined) return true;
    return allows(certificateId, action, `arn:aws:iot:${region}:${accountId}:${resource}`, client.id);
  };
  return {
    mayConnect: (client) => may(client, 'iot:Connect', `client/${client.id}`),
    mayPublish: (client, topic) => may(client, 'iot:Publish', `topic/${topic}`),
    maySubscribe: (client, filter) => may(client, 'iot:Subscribe', `topicfilter/${filter}`),
    mayReceive: (client, topic) => may(client, 'iot:Receive', `topic/${topic}`),
  };
};
