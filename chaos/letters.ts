import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { IAMClient } from '@aws-sdk/client-iam';
import { IoTClient } from '@aws-sdk/client-iot';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createDeliver } from '../cli/redrive/deliver';
import { createLookups } from '../cli/redrive/lookups';
import { createPlanner } from '../cli/redrive/plan';
import { openQueue } from '../operate/queue';
import { type Item, redrive } from '../cli/redrive/redrive';
import { describeStack, outputOf, type Stack } from '../operate/stack';
import type { EmbeddedAws } from '../local/embedded-aws';
import type { ObservedLetter } from './world';

/** The queues of what could not be delivered, by the outputs of the stack. */
const QUEUES = ['DeadLetterQueueUrl', 'RuleErrorsQueueUrl'] as const;
/** In every message that no function can ever handle. */
const POISON = 'chaos-poison';

export interface Letters {
  readonly stack: Stack;
  /** Sends messages that no function can handle. */
  poison(times: number): Promise<void>;
  /** Hands all dead letters back. @returns how many, apart from poison */
  redrive(stop: AbortSignal): Promise<number>;
  /** What is in the queues; they stay there. */
  left(stop: AbortSignal): Promise<readonly ObservedLetter[]>;
  close(): void;
}

/** The dead letters of a stack, with the code of `npm run redrive`. */
export const openLetters = async (aws: EmbeddedAws, stackName: string): Promise<Letters> => {
  const config = aws.clientConfig;
  const clients = {
    ...{ cloudFormation: new CloudFormationClient(config), iam: new IAMClient(config), iot: new IoTClient(config) },
    ...{ lambda: new LambdaClient(config), s3: new S3Client(config), sfn: new SFNClient(config) },
    ...{ sns: new SNSClient(config), sqs: new SQSClient(config) },
  };
  const stack = await describeStack(clients.cloudFormation, stackName);
  const deliver = createDeliver(clients);

  const look = async (output: (typeof QUEUES)[number], apply: boolean, stop: AbortSignal): Promise<readonly Item[]> => {
    const queue = await openQueue(clients.sqs, outputOf(stack, output));
    if (queue.depth.visible === 0) return [];
    const plan = createPlanner(stack, createLookups(stack, clients));
    const deps = { stack, queue, plan, deliver, now: Date.now(), stop, onProgress: () => undefined };
    return (await redrive(deps, { apply })).items;
  };
  const isPoison = ({ body }: Pick<Item, 'body'>) => body.includes(POISON);

  return {
    stack,
    poison: async (times) => {
      for (let n = 1; n <= times; n += 1) {
        const message = {
          name: 'FIRMWARE_UPGRADE_FAIL',
          id: `${POISON}-${n}`,
          operationId: `${POISON}-${n}`,
          thingName: POISON,
        };
        const TopicArn = outputOf(stack, 'EventsTopicArn');
        await clients.sns.send(new PublishCommand({ TopicArn, Message: JSON.stringify(message) }));
      }
    },
    redrive: async (stop) => {
      let handedBack = 0;
      for (const output of QUEUES)
        handedBack += (await look(output, true, stop)).filter((item) => item.handedBack && !isPoison(item)).length;
      return handedBack;
    },
    left: async (stop) => {
      const all: ObservedLetter[] = [];
      for (const queue of QUEUES)
        for (const item of await look(queue, false, stop)) {
          const { body, cause, problem } = item;
          all.push({ queue, body, cause: [cause, problem].filter(Boolean).join('; '), isPoison: isPoison(item) });
        }
      return all;
    },
    close: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
};
