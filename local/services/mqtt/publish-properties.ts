import type { PublishCommandInput } from '@aws-sdk/client-iot-data-plane';
import * as v from 'valibot';
import { AwsError } from '../../core/aws-error';
import type { MessageProperties, UserProperty } from '../../core/mqtt';

type PropertiesInput = Pick<
  PublishCommandInput,
  'payloadFormatIndicator' | 'contentType' | 'responseTopic' | 'correlationData' | 'userProperties'
>;

const invalid = (message: string) => new AwsError('InvalidRequestException', message);

const FORMATS = new Map<string, boolean>([
  ['UNSPECIFIED_BYTES', false],
  ['UTF8_DATA', true],
]);

const formatOf = (indicator: string): boolean => {
  const isText = FORMATS.get(indicator);
  if (isText === undefined)
    throw invalid(`payloadFormatIndicator ${indicator} is not one of ${[...FORMATS.keys()].join(', ')}`);
  return isText;
};

const responseTopicOf = (topic: string): string => {
  if (/[+#]/.test(topic)) throw invalid(`responseTopic "${topic}" contains a wildcard`);
  return topic;
};

const bytesOf = (base64: string): Buffer => {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('base64').replace(/=+$/, '') !== base64.replace(/=+$/, ''))
    throw invalid('correlationData is not base64');
  return bytes;
};

const UserProperties = v.pipe(v.string(), v.parseJson(), v.array(v.record(v.string(), v.string())));

const pairsOf = (json: string): UserProperty[] => {
  const { success, output } = v.safeParse(UserProperties, json);
  if (!success) throw invalid(`userProperties ${json} is not a JSON array of objects such as [{"name": "value"}]`);
  return output.flatMap((item) => Object.entries(item));
};

/**
 * The MQTT 5 properties in the parameters of Publish (https://docs.aws.amazon.com/iot/latest/apireference/API_iotdata_Publish.html).
 * @throws AwsError InvalidRequestException
 */
export const publishInputProperties = (input: PropertiesInput): MessageProperties | undefined => {
  const { payloadFormatIndicator, contentType, responseTopic, correlationData } = input;
  const userProperties: unknown = input.userProperties;
  const properties: MessageProperties = {
    ...(payloadFormatIndicator !== undefined && { payloadFormatIndicator: formatOf(payloadFormatIndicator) }),
    ...(contentType !== undefined && { contentType }),
    ...(responseTopic !== undefined && { responseTopic: responseTopicOf(responseTopic) }),
    ...(correlationData !== undefined && { correlationData: bytesOf(correlationData) }),
    ...(userProperties !== undefined && { userProperties: pairsOf(String(userProperties)) }),
  };
  return Object.keys(properties).length > 0 ? properties : undefined;
};

/** User properties as the data plane writes them. */
export const userPropertiesJson = (pairs: readonly UserProperty[]): string =>
  JSON.stringify(pairs.map(([name, value]) => ({ [name]: value })));
