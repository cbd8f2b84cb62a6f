import { readFile } from 'node:fs/promises';
import { DescribeEndpointCommand, type IoTClient } from '@aws-sdk/client-iot';
import type { Tls } from './mqtt-options';

export interface Connection {
  readonly mqttUrl: string;
  readonly tls?: Tls;
}

export interface ConnectionOptions {
  readonly iot: IoTClient;
  /** Where the AWS API is, when it is not AWS. */
  readonly endpointUrl?: string;
  /** Used as it is. */
  readonly mqttUrl?: string;
  /** File with the PEM of the authority of the broker's certificate. */
  readonly caFile?: string;
}

/** Whether a URL is on this computer. */
export const isLoopback = (url: string): boolean =>
  URL.canParse(url) && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);

/**
 * Where devices connect: on AWS the account's data endpoint with mutual TLS, on a local AWS the plain broker that
 * DescribeEndpoint names.
 */
export const resolveConnection = async (options: ConnectionOptions): Promise<Connection> => {
  const { iot, endpointUrl, mqttUrl, caFile } = options;
  const tls: { tls?: Tls } = caFile === undefined ? {} : { tls: { ca: await readFile(caFile, 'utf8') } };
  if (mqttUrl !== undefined) return { mqttUrl, ...tls };
  const { endpointAddress } = await iot.send(new DescribeEndpointCommand({ endpointType: 'iot:Data-ATS' }));
  if (endpointAddress === undefined) throw new Error('DescribeEndpoint answered without an address: give --mqtt-url.');
  const isLocal = endpointUrl !== undefined && isLoopback(endpointUrl);
  return { mqttUrl: isLocal ? `mqtt://${endpointAddress}` : `mqtts://${endpointAddress}:8883`, ...tls };
};
