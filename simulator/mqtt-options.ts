import type { IClientOptions, IClientPublishOptions } from 'mqtt';
import type { AgentConfig, Publish } from './agent/types';

export interface Tls {
  /** PEM of the authority of the broker's certificate; the system's authorities when absent. */
  readonly ca?: string;
}

export interface ConnectionOptions {
  readonly config: AgentConfig;
  readonly mqttUrl: string;
  readonly tls?: Tls;
  readonly clientKey?: string;
  readonly certificate?: string;
}

const KEEPALIVE_SECONDS = 300;

/** How a device connects. */
export const connectOptions = (
  { config, mqttUrl, tls, clientKey, certificate }: ConnectionOptions,
  reconnectPeriod: number,
): IClientOptions => ({
  clientId: config.thingName,
  clean: true,
  keepalive: KEEPALIVE_SECONDS,
  reschedulePings: true,
  resubscribe: false,
  reconnectPeriod,
  ...(config.mqttVersion === '5'
    ? { protocolVersion: 5, properties: { userProperties: { 'usp-endpoint-id': config.endpointId } } }
    : { protocolVersion: 4 }),
  // With a key, the client would speak TLS to a plain broker, too.
  ...(mqttUrl.startsWith('mqtts:') && {
    ...(clientKey !== undefined && { key: clientKey }),
    ...(certificate !== undefined && { cert: certificate }),
    ...(tls?.ca !== undefined && { ca: tls.ca }),
  }),
});

/** How a device publishes: once at least, with MQTT 5 properties where the agent has any. */
export const publishOptions = ({ responseTopic, contentType }: Publish): IClientPublishOptions => ({
  qos: 1,
  ...(responseTopic !== undefined && {
    properties: { responseTopic, ...(contentType !== undefined && { contentType }) },
  }),
});
