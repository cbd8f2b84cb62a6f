import { requestTopic, responseTopic } from '../../proto/topics';

/** What the settings of an agent depend on. */
export interface AgentSettings {
  readonly thingName: string;
  /** USP endpoint id of the agent. */
  readonly endpointId: string;
  readonly controllerId: string;
  /** `mqtt://…` or `mqtts://…` */
  readonly mqttUrl: string;
  readonly mqttVersion: '3.1.1' | '5.0';
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'mqtt:': '1883', 'mqtts:': '8883' };

/**
 * The settings as TR-181 paths and values, in an order that agents accept.
 * Device.MQTT.Client, Device.LocalAgent.MTP and Device.LocalAgent.Controller, TR-181 issue 2 (USP).
 */
export const agentSettings = (settings: AgentSettings): readonly (readonly [path: string, value: string])[] => {
  const { thingName, endpointId, controllerId, mqttUrl, mqttVersion } = settings;
  const { hostname, port, protocol } = new URL(mqttUrl);
  const client = 'Device.MQTT.Client.1';
  const mtp = 'Device.LocalAgent.MTP.1';
  const controller = 'Device.LocalAgent.Controller.1';
  return [
    ['Device.LocalAgent.EndpointID', endpointId],
    [`${client}.Alias`, 'wme'],
    [`${client}.Enable`, 'true'],
    [`${client}.BrokerAddress`, hostname],
    [`${client}.BrokerPort`, port || (DEFAULT_PORTS[protocol] ?? '8883')],
    [`${client}.TransportProtocol`, protocol === 'mqtts:' ? 'TLS' : 'TCP/IP'],
    [`${client}.ProtocolVersion`, mqttVersion],
    [`${client}.ClientID`, thingName],
    // AWS IoT accepts 30 to 1,200 seconds.
    [`${client}.KeepAliveTime`, '300'],
    [`${mtp}.Alias`, 'wme'],
    [`${mtp}.Enable`, 'true'],
    [`${mtp}.Protocol`, 'MQTT'],
    [`${mtp}.MQTT.Reference`, client],
    [`${mtp}.MQTT.ResponseTopicConfigured`, requestTopic(thingName)],
    [`${mtp}.MQTT.PublishQoS`, '1'],
    [`${controller}.Alias`, 'wme'],
    [`${controller}.Enable`, 'true'],
    [`${controller}.EndpointID`, controllerId],
    [`${controller}.MTP.1.Alias`, 'wme'],
    [`${controller}.MTP.1.Enable`, 'true'],
    [`${controller}.MTP.1.Protocol`, 'MQTT'],
    [`${controller}.MTP.1.MQTT.Reference`, client],
    [`${controller}.MTP.1.MQTT.Topic`, responseTopic(controllerId, thingName)],
  ];
};

/** `Path "value"`, one per line: the format of obuspa's factory reset file (`obuspa -r`). */
export const settingsText = (settings: AgentSettings): string =>
  agentSettings(settings)
    .map(([path, value]) => `${path} "${value}"`)
    .join('\n');
