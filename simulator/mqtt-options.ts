import type { IClientOptions, IClientPublishOptions } from 'mqtt';
import type { AgentConfig } from './agent/config';
import type { Publish } from './agent/types';

export interface Tls {
  /** CA certificate of the broker, PEM; default: the system's. */
  readonly ca?: string;
}

export interface ConnectionOptions {
  readonly config: AgentConfig;
  readonly mqttUrl: string;
  readonly tls?: Tls;
  readonly clientKey?: string;
  readonly certificate?: string;
  /** The broker keeps the device's messages while it is offline: no Clean Session, or a Session Expiry Interval. */
  readonly persistentSession?: boolean;
}

const KEEPALIVE_SECONDS = 300;
const SESSION_EXPIRY_SECONDS = 3600;
/** So long that the client never connects again by itself; with 0 it would forget what it could not deliver. */
const NEVER_MS = 2 ** 31 - 1;

/** The connect options of a device, which decides itself when to connect again. MQTT 5 sends the endpoint id as a user property (R-MQTT.13). */
export const connectOptions = ({
  config,
  mqttUrl,
  tls,
  clientKey,
  certificate,
  persistentSession = false,
}: ConnectionOptions): IClientOptions => ({
  clientId: config.thingName,
  clean: !persistentSession,
  keepalive: KEEPALIVE_SECONDS,
  reschedulePings: true,
  resubscribe: false,
  reconnectPeriod: NEVER_MS,
  ...(config.mqttVersion === '5'
    ? {
        protocolVersion: 5,
        properties: {
          userProperties: { 'usp-endpoint-id': config.endpointId },
          ...(persistentSession && { sessionExpiryInterval: SESSION_EXPIRY_SECONDS }),
        },
      }
    : { protocolVersion: 4 }),
  // Given a key, the client would use TLS even with a plain broker.
  ...(mqttUrl.startsWith('mqtts:') && {
    ...(clientKey !== undefined && { key: clientKey }),
    ...(certificate !== undefined && { cert: certificate }),
    ...(tls?.ca !== undefined && { ca: tls.ca }),
  }),
});

/** Publishes at QoS 1, with the MQTT 5 properties of the message. */
export const publishOptions = ({ responseTopic, contentType }: Publish): IClientPublishOptions => ({
  qos: 1,
  ...(responseTopic !== undefined && {
    properties: { responseTopic, ...(contentType !== undefined && { contentType }) },
  }),
});
