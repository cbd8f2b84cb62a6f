import type {
  GetRetainedMessageCommandInput,
  ListRetainedMessagesCommandInput,
  PublishCommandInput,
} from '@aws-sdk/client-iot-data-plane';
import type { Environment, ServiceModule } from '../../core/api';
import { AwsError } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import type { MessageBus } from '../../core/mqtt';
import { publishProblem } from './limits';
import { expiryOf } from './message-expiry';
import { publishInputProperties, userPropertiesJson } from './publish-properties';
import type { RetainedMessages } from './retained-messages';

interface IotDataDeps {
  readonly clock: Clock;
  readonly bus: MessageBus;
  readonly environment: Environment;
  readonly retained: RetainedMessages;
}

const payloadOf = (payload: unknown): Buffer => {
  if (payload === undefined) return Buffer.alloc(0);
  if (typeof payload === 'string') return Buffer.from(payload);
  if (payload instanceof Uint8Array) return Buffer.from(payload);
  throw new AwsError('InvalidRequestException', 'payload must be text or bytes');
};

const qosOf = (qos: number | undefined): 0 | 1 => {
  if (qos === undefined || qos === 0) return 0;
  if (qos === 1) return 1;
  throw new AwsError('InvalidRequestException', `qos ${qos} is not supported: use 0 or 1`);
};

/**
 * The IoT data plane over HTTP. MQTT 5 properties of Publish (responseTopic, contentType, …) reach MQTT 5 subscribers.
 * @throws AwsError InvalidRequestException, ResourceNotFoundException
 */
export const createIotDataService = ({ clock, bus, environment, retained }: IotDataDeps): ServiceModule => ({
  service: 'iotdata',
  operations: {
    Publish: (input: PublishCommandInput) => {
      const { topic = '', payload, qos, retain = false, messageExpiry } = input;
      const bytes = payloadOf(payload);
      const level = qosOf(qos);
      const problem = publishProblem(topic, bytes.length, level);
      if (problem) throw new AwsError('InvalidRequestException', problem.message);
      const properties = publishInputProperties(input);
      const expiresAt = expiryOf(messageExpiry, clock.now());
      bus.publish({
        ...{ topic, payload: bytes, qos: level, retain },
        ...(properties && { properties }),
        ...(expiresAt !== undefined && { expiresAt }),
      });
      return {};
    },
    GetRetainedMessage: ({ topic = '' }: GetRetainedMessageCommandInput) => {
      const message = retained.get(topic);
      if (!message) throw new AwsError('ResourceNotFoundException', `no retained message on topic "${topic}"`, 404);
      const { payload, qos, lastModifiedTime, properties } = message;
      const pairs = properties?.userProperties;
      return {
        ...{ topic, payload, qos, lastModifiedTime },
        ...(pairs && { userProperties: Buffer.from(userPropertiesJson(pairs)) }),
      };
    },
    ListRetainedMessages: ({ maxResults = 200, nextToken }: ListRetainedMessagesCommandInput) => {
      const start = nextToken === undefined ? 0 : Number(nextToken);
      const all = retained.list();
      return {
        retainedTopics: all.slice(start, start + maxResults).map(({ topic, payload, qos, lastModifiedTime }) => ({
          topic,
          payloadSize: payload.length,
          qos,
          lastModifiedTime,
        })),
        ...(start + maxResults < all.length ? { nextToken: String(start + maxResults) } : {}),
      };
    },
  },
  resourcesOf: (operation, { topic }) =>
    operation === 'ListRetainedMessages' || typeof topic !== 'string'
      ? ['*']
      : [`arn:aws:iot:${environment.region}:${environment.accountId}:topic/${topic}`],
  actionOf: (operation) => `iot:${operation}`,
});
