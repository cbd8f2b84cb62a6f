import type {
  GetRetainedMessageCommandInput,
  ListRetainedMessagesCommandInput,
  PublishCommandInput,
} from '@aws-sdk/client-iot-data-plane';
import type { Environment, ServiceModule } from '../../core/api';
import { AwsError } from '../../core/aws-error';
import type { MessageBus } from '../../core/mqtt';
import { publishProblem } from './limits';
import type { RetainedMessages } from './retained-messages';

interface IotDataDeps {
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
 * The IoT data plane over HTTP. MQTT 5 properties of Publish (responseTopic, contentType, …) are accepted; the broker of
 * local mode uses MQTT 3.1.1, which does not have them, so subscribers do not see them.
 * @throws AwsError InvalidRequestException, ResourceNotFoundException
 */
export const createIotDataService = ({ bus, environment, retained }: IotDataDeps): ServiceModule => ({
  service: 'iotdata',
  operations: {
    Publish: ({ topic = '', payload, qos, retain = false }: PublishCommandInput) => {
      const bytes = payloadOf(payload);
      const level = qosOf(qos);
      const problem = publishProblem(topic, bytes.length, level);
      if (problem) throw new AwsError('InvalidRequestException', problem);
      bus.publish({ topic, payload: bytes, qos: level, retain });
      return {};
    },
    GetRetainedMessage: ({ topic = '' }: GetRetainedMessageCommandInput) => {
      const message = retained.get(topic);
      if (!message) throw new AwsError('ResourceNotFoundException', `no retained message on topic "${topic}"`, 404);
      return message;
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
