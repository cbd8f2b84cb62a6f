import { agentSettings, settingsText } from '../../cli/device-settings/settings';
import { requestTopic, thingOfResponseTopic } from '../../proto/topics';

const SETTINGS = {
  thingName: 'gateway-1',
  endpointId: 'self::gateway-1',
  controllerId: 'self::aws-dm-controller',
  mqttUrl: 'mqtts://abc-ats.iot.eu-west-1.amazonaws.com:8883',
  mqttVersion: '5.0',
} as const;

describe('the settings of an agent', () => {
  const values = Object.fromEntries(agentSettings(SETTINGS));

  test('lead it to the broker as its thing, over TLS', () => {
    expect(values).toMatchObject({
      'Device.MQTT.Client.1.BrokerAddress': 'abc-ats.iot.eu-west-1.amazonaws.com',
      'Device.MQTT.Client.1.BrokerPort': '8883',
      'Device.MQTT.Client.1.TransportProtocol': 'TLS',
      'Device.MQTT.Client.1.ClientID': 'gateway-1',
      'Device.MQTT.Client.1.ProtocolVersion': '5.0',
    });
  });

  test('make it listen and speak where the controller expects it', () => {
    expect(values['Device.LocalAgent.MTP.1.MQTT.ResponseTopicConfigured']).toBe(requestTopic('gateway-1'));
    expect(thingOfResponseTopic(values['Device.LocalAgent.Controller.1.MTP.1.MQTT.Topic'] ?? '')).toBe('gateway-1');
    expect(values['Device.LocalAgent.Controller.1.EndpointID']).toBe(SETTINGS.controllerId);
  });

  test('are plain on a local broker, with the default port where none is given', () => {
    const local = Object.fromEntries(agentSettings({ ...SETTINGS, mqttUrl: 'mqtt://127.0.0.1' }));
    expect(local).toMatchObject({
      'Device.MQTT.Client.1.TransportProtocol': 'TCP/IP',
      'Device.MQTT.Client.1.BrokerPort': '1883',
    });
  });

  test('come as one path and quoted value per line', () => {
    expect(settingsText(SETTINGS).split('\n')[0]).toBe('Device.LocalAgent.EndpointID "self::gateway-1"');
  });
});
