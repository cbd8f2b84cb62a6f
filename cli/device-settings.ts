import './quiet-sdk.cjs';
import { DescribeThingCommand, IoTClient, ResourceNotFoundException } from '@aws-sdk/client-iot';
import { agentEndpointId, DEFAULT_CONTROLLER_ID } from '../proto/endpoint-ids';
import { isLoopback, resolveConnection } from '../simulator/connection';
import { type AgentSettings, agentSettings, settingsText } from './device-settings/settings';
import { UsageError } from '../simulator/usage-error';
import { addOptions, createCommand, type OptionSpecs, runCommand, type Values, valuesOf } from './command-line';
import { endpointId, url } from './option-values';

const OPTIONS = {
  thing: { value: 'NAME', description: 'the IoT thing; also the MQTT client id and the name in the topics' },
  'endpoint-id': { value: 'ID', description: 'USP endpoint id of the agent (default self::NAME)' },
  'controller-id': {
    ...{ value: 'ID', default: DEFAULT_CONTROLLER_ID },
    description: "USP endpoint id of the controller: the stack's parameter ControllerEndpointId",
  },
  'mqtt-version': {
    value: 'V',
    default: '3.1.1',
    description: '3.1.1 or 5.0; AWS IoT and the embedded AWS support both',
  },
  'endpoint-url': {
    value: 'URL',
    description: 'endpoint of the AWS API, such as an embedded AWS (default $AWS_ENDPOINT_URL)',
  },
  'mqtt-url': { value: 'URL', description: 'mqtt://host:port or mqtts://host:port (default: from DescribeEndpoint)' },
  json: { description: 'print a JSON object' },
} as const satisfies OptionSpecs;

const NOTES = `
To write the settings to a file: npm run -s device-settings -- --thing NAME > FILE (-s silences npm itself).

Exit code 0: printed. 1: the broker's address is unknown. 2: usage error.`;

/** The settings are valid without the thing, but no job can target it. */
const warnOfMissing = async (iot: IoTClient, thingName: string) => {
  try {
    await iot.send(new DescribeThingCommand({ thingName }));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) return;
    console.error(`Thing ${thingName} does not exist. Create it: aws iot create-thing --thing-name ${thingName}`);
  }
};

const mqttUrlOf = async (values: Values<typeof OPTIONS>, thingName: string): Promise<string> => {
  const given = url('mqtt-url', values['mqtt-url'], ['mqtt:', 'mqtts:']);
  if (given !== undefined) return given;
  const endpointUrl = values['endpoint-url'] ?? process.env['AWS_ENDPOINT_URL'];
  const local = endpointUrl !== undefined && isLoopback(endpointUrl);
  const iot = new IoTClient({
    ...(endpointUrl !== undefined && { endpoint: endpointUrl }),
    ...(local && {
      region: 'us-east-1',
      maxAttempts: 2,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    }),
  });
  try {
    const { mqttUrl } = await resolveConnection({ iot, ...(endpointUrl !== undefined && { endpointUrl }) });
    await warnOfMissing(iot, thingName);
    return mqttUrl;
  } finally {
    iot.destroy();
  }
};

const settingsOf = async (values: Values<typeof OPTIONS>): Promise<AgentSettings> => {
  const { thing: thingName, 'mqtt-version': mqttVersion } = values;
  if (thingName === undefined || !/^[A-Za-z0-9:_-]{1,128}$/.test(thingName))
    throw new UsageError('--thing: give the name of an IoT thing, 1 to 128 letters, digits or : _ -.');
  if (mqttVersion !== '3.1.1' && mqttVersion !== '5.0')
    throw new UsageError(`--mqtt-version ${mqttVersion}: give 3.1.1 or 5.0.`);
  const example = 'self::gateway-1';
  return {
    ...{ thingName, mqttVersion },
    endpointId: endpointId('endpoint-id', values['endpoint-id'] ?? agentEndpointId(thingName), example),
    controllerId: endpointId('controller-id', values['controller-id'], example),
    mqttUrl: await mqttUrlOf(values, thingName),
  };
};

const DESCRIPTION = 'Prints the TR-181 settings that connect an agent to this controller, one Path "value" per line.';
const command = addOptions(createCommand('npm run device-settings --', DESCRIPTION), OPTIONS).addHelpText(
  'after',
  NOTES,
);
command.action(async () => {
  const values = valuesOf(command, OPTIONS);
  const settings = await settingsOf(values);
  const json = () => JSON.stringify(Object.fromEntries(agentSettings(settings)), undefined, 2);
  console.log(values.json ? json() : settingsText(settings));
});

const failed = (error: unknown) => {
  const message = error instanceof Error ? error.message || String(error.cause ?? error) : String(error);
  console.error(`Cannot find the broker's address: ${message}`);
  console.error('Give --mqtt-url, --endpoint-url of a running embedded AWS, or AWS credentials and a region.');
  return 1;
};
void runCommand(command, process.argv.slice(2), failed);
