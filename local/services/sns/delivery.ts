import type { MessageAttributeValue } from '@aws-sdk/client-sns';
import type { Report } from '../../core/api';
import { lambdaEventOf, type Notification, queueBodyOf } from './notification';
import type { Subscription } from './subscription';

export interface DeliveryTargets {
  /** Invokes a function asynchronously; throws or rejects when the event is not accepted. */
  readonly deliverToLambda: (functionArn: string, event: unknown) => void | Promise<void>;
  /** Sends a message to a queue. Without it, queues and dead-letter queues cannot be reached. */
  readonly deliverToSqs?: (
    queueArn: string,
    body: string,
    attributes: Readonly<Record<string, MessageAttributeValue>>,
  ) => void | Promise<void>;
}

/** Delivers after Publish has returned; messages that cannot be delivered go to the subscription's dead-letter queue. */
export const createDelivery = ({ deliverToLambda, deliverToSqs }: DeliveryTargets, report: Report) => {
  const toQueue = async (
    queueArn: string,
    body: string,
    attributes: Notification['attributes'] = {},
  ): Promise<void> => {
    if (!deliverToSqs) throw new Error(`no queues are connected, so ${queueArn} cannot be reached`);
    await deliverToSqs(queueArn, body, attributes);
  };

  const attempt = async (notification: Notification, subscription: Subscription): Promise<void> => {
    const { protocol, endpoint, rawDelivery } = subscription;
    if (protocol === 'lambda') await deliverToLambda(endpoint, lambdaEventOf(notification, subscription));
    else if (rawDelivery) await toQueue(endpoint, notification.messageFor(protocol), notification.attributes);
    else await toQueue(endpoint, queueBodyOf(notification, subscription));
  };

  const failed = async (notification: Notification, subscription: Subscription, error: unknown): Promise<void> => {
    const { endpoint, topicArn, deadLetterQueueArn } = subscription;
    const reason = error instanceof Error ? error.message : String(error);
    const message = `${topicArn}: message ${notification.messageId} was not delivered to ${endpoint}: ${reason}`;
    if (deadLetterQueueArn === undefined) {
      report({ level: 'error', source: 'sns', message });
      return;
    }
    await toQueue(deadLetterQueueArn, queueBodyOf(notification, subscription));
    report({ level: 'warn', source: 'sns', message: `${message}; it is in ${deadLetterQueueArn}` });
  };

  const run = async (notification: Notification, subscription: Subscription): Promise<void> => {
    try {
      await attempt(notification, subscription);
    } catch (error) {
      await failed(notification, subscription, error);
    }
  };

  return (notification: Notification, subscription: Subscription): void => {
    // Publish has returned by then; in the same turn, so that a message that was accepted is saved with its deliveries.
    queueMicrotask(() => {
      run(notification, subscription).catch((error: unknown) => {
        const { deadLetterQueueArn } = subscription;
        report({
          level: 'error',
          source: 'sns',
          message: `message ${notification.messageId} is lost: dead-letter queue ${deadLetterQueueArn}: ${String(error)}`,
        });
      });
    });
  };
};
