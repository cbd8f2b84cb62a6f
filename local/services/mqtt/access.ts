import type { Environment } from '../../core/api';

/** Actions of the AWS IoT data plane that policies of certificates can allow. */
export type IotAction = 'iot:Connect' | 'iot:Publish' | 'iot:Subscribe' | 'iot:Receive';

/** A client of either MQTT version. */
export interface Peer {
  readonly id: string;
  /** The client's network connection. */
  readonly conn: object;
}

/** What a client may do. */
export interface Access {
  mayConnect(client: Peer): boolean;
  mayPublish(client: Peer, topic: string): boolean;
  maySubscribe(client: Peer, filter: string): boolean;
  mayReceive(client: Peer, topic: string): boolean;
}

/**
 * Asks the policies of the client's certificate, with the resource ARNs of AWS IoT Core policies.
 * A client without a certificate is connected to the plain listener and may do everything.
 */
export const createAccess = (
  { region, accountId }: Environment,
  certificateOf: (client: Peer) => string | undefined,
  allows: (certificateId: string, action: IotAction, resourceArn: string, clientId: string) => boolean = () => false,
): Access => {
  const may = (client: Peer, action: IotAction, resource: string) => {
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
