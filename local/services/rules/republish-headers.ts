import type { MqttHeaders } from '@aws-sdk/client-iot';
import type { Evaluation } from './sql/evaluate';
import type { Template } from './template';

/**
 * The MQTT 5 headers of a republish action, as parameters of the data plane's Publish. All of them may be substitution
 * templates (https://docs.aws.amazon.com/iot/latest/apireference/API_MqttHeaders.html); an empty one is left out.
 */
export const republishHeaders = (headers: MqttHeaders = {}, parse: (text: string) => Template) => {
  const { userProperties = [], messageExpiry, ...texts } = headers;
  const plain = Object.entries(texts).map(([name, text]) => [name, parse(text)] as const);
  const expiry = parse(messageExpiry ?? '');
  const pairs = userProperties.map(({ key = '', value = '' }) => [parse(key), parse(value)] as const);
  return (evaluation: Evaluation): Record<string, unknown> => {
    const values = plain.map(([name, template]) => [name, template(evaluation)] as const);
    const seconds = expiry(evaluation);
    const user = pairs.map(([key, value]) => ({ [key(evaluation)]: value(evaluation) }));
    return {
      ...Object.fromEntries(values.filter(([, text]) => text !== '')),
      ...(seconds !== '' && { messageExpiry: Number(seconds) }),
      ...(user.length > 0 && { userProperties: JSON.stringify(user) }),
    };
  };
};
