import { readFile } from 'node:fs/promises';
import { DescribeEndpointCommand, type IoTClient } from '@aws-sdk/client-iot';
import type { Tls } from './mqtt-options';

export interface Connection {
  readonly mqttUrl: string;
  readonly tls?: Tls;
}

export interface ConnectionOptions {
  readonly iot: IoTClient;
  /** Endpoint of the AWS API; absent for AWS itself. */
  readonly endpointUrl?: string;
  /** Overrides DescribeEndpoint. */
  readonly mqttUrl?: string;
  /** File with the broker's CA certificate, PEM. */
  readonly caFile?: string;
}

/** Whether a URL points to this computer. */
export const isLoopback = (url: string): boolean =>
  URL.canParse(url) && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);

/**
 * Where devices connect: the account's data endpoint with mutual TLS on AWS, the plain broker from DescribeEndpoint on
 * a local AWS.
 */
export const resolveConnection = async (options: ConnectionOptions): Promise<Connection> => {
  const { iot, endpointUrl, mqttUrl, caFile } = options;
  const tls: { tls?: Tls } = caFile === undefined ? {} : { tls: { ca: await readFile(caFile, 'utf8') } };
  if (mqttUrl !== undefined) return { mqttUrl, ...tls };
  const { endpointAddress } = await iot.send(new DescribeEndpointCommand({ endpointType: 'iot:Data-ATS' }));
  if (endpointAddress === undefined) throw new Error('DescribeEndpoint returned no address: give --mqtt-url.');
  const isLocal = endpointUrl !== undefined && isLoopback(endpointUrl);
  return { mqttUrl: isLocal ? `mqtt://${endpointAddress}` : `mqtts://${endpointAddress}:8883`, ...tls };
};
