import './quiet-sdk.cjs';
import { parseArgs } from 'node:util';
import { DescribeThingCommand, IoTClient, ResourceNotFoundException } from '@aws-sdk/client-iot';
import { agentEndpointId, DEFAULT_CONTROLLER_ID, isEndpointId } from '../proto/endpoint-ids';
import { isLoopback, resolveConnection } from '../simulator/connection';
import { type AgentSettings, agentSettings, settingsText } from './device-settings/settings';
import { usageError } from './terminal';

const HELP = `npm run device-settings -- --thing NAME [options]

Prints the TR-181 settings that connect an agent to this controller, one Path "value" per line.
To write them to a file: npm run -s device-settings -- --thing NAME > FILE (-s silences npm itself).

  --thing NAME           the IoT thing; also the MQTT client id and the name in the topics
  --endpoint-id ID       USP endpoint id of the agent (default self::NAME)
  --controller-id ID     USP endpoint id of the controller: the stack's parameter ControllerEndpointId
                         (default ${DEFAULT_CONTROLLER_ID})
  --mqtt-version V       3.1.1 (default) or 5.0; AWS IoT and the embedded AWS support both
  --endpoint-url URL     endpoint of the AWS API, such as an embedded AWS (default $AWS_ENDPOINT_URL)
  --mqtt-url URL         mqtt://host:port or mqtts://host:port (default: from DescribeEndpoint)
  --json                 print a JSON object
  --help                 this text

Exit code 0: printed. 1: the broker's address is unknown. 2: usage error.`;

class UsageError extends Error {}

const parse = () => {
  const { values } = parseArgs({
    options: {
      thing: { type: 'string' },
      'endpoint-id': { type: 'string' },
      'controller-id': { type: 'string', default: DEFAULT_CONTROLLER_ID },
      'mqtt-version': { type: 'string', default: '3.1.1' },
      'endpoint-url': { type: 'string' },
      'mqtt-url': { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return values;
};

const endpointIdOf = (flag: string, id: string): string => {
  if (!isEndpointId(id)) throw new UsageError(`--${flag} ${id}: give a USP endpoint id such as self::gateway-1.`);
  return id;
};

/** The settings are valid without the thing, but no job can target it. */
const warnOfMissing = async (iot: IoTClient, thingName: string) => {
  try {
    await iot.send(new DescribeThingCommand({ thingName }));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) return;
    console.error(`Thing ${thingName} does not exist. Create it: aws iot create-thing --thing-name ${thingName}`);
  }
};

const mqttUrlOf = async (values: ReturnType<typeof parse>, thingName: string): Promise<string> => {
  const { 'mqtt-url': mqttUrl } = values;
  if (mqttUrl !== undefined) {
    if (!URL.canParse(mqttUrl) || !/^mqtts?:$/.test(new URL(mqttUrl).protocol))
      throw new UsageError(`--mqtt-url ${mqttUrl}: give a URL that starts with mqtt:// or mqtts://.`);
    return mqttUrl;
  }
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

const main = async () => {
  const values = parse();
  if (values.help) return console.log(HELP);
  const { thing: thingName, 'mqtt-version': mqttVersion } = values;
  if (thingName === undefined || !/^[A-Za-z0-9:_-]{1,128}$/.test(thingName))
    throw new UsageError('--thing: give the name of an IoT thing, 1 to 128 letters, digits or : _ -.');
  if (mqttVersion !== '3.1.1' && mqttVersion !== '5.0')
    throw new UsageError(`--mqtt-version ${mqttVersion}: give 3.1.1 or 5.0.`);
  const settings: AgentSettings = {
    thingName,
    endpointId: endpointIdOf('endpoint-id', values['endpoint-id'] ?? agentEndpointId(thingName)),
    controllerId: endpointIdOf('controller-id', values['controller-id']),
    mqttVersion,
    mqttUrl: await mqttUrlOf(values, thingName),
  };
  console.log(
    values.json ? JSON.stringify(Object.fromEntries(agentSettings(settings)), undefined, 2) : settingsText(settings),
  );
};

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message || String(error.cause ?? error) : String(error);
  if (error instanceof UsageError || (error instanceof TypeError && message.includes('option')))
    return usageError(message, 'npm run device-settings');
  console.error(`Cannot find the broker's address: ${message}`);
  console.error('Give --mqtt-url, --endpoint-url of a running embedded AWS, or AWS credentials and a region.');
  process.exit(1);
});
