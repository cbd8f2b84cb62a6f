import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { type MessageInput, parseMessage } from './messages';

export type PublishMessage = (message: MessageInput) => Promise<void>;

/** Publishes domain messages; one that does not fit its schema is a programming error and never leaves. */
export const publishTo =
  (sns: SNSClient, topicArn: string): PublishMessage =>
  async (message) => {
    await sns.send(new PublishCommand({ TopicArn: topicArn, Message: JSON.stringify(parseMessage(message)) }));
  };
