import { CloudFormationClient, type CloudFormationClientConfig } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IoTClient } from '@aws-sdk/client-iot';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { MiddlewareStack } from '@smithy/types';

/** Clients of the AWS APIs that an operator needs, with the operator's own credentials. */
export interface OperateClients {
  readonly cloudFormation: CloudFormationClient;
  readonly dynamo: DynamoDBDocumentClient;
  readonly iot: IoTClient;
  readonly lambda: LambdaClient;
  readonly sfn: SFNClient;
  readonly sqs: SQSClient;
}

/** Endpoint, region and credentials. */
export type ClientConfig = Pick<
  CloudFormationClientConfig,
  'endpoint' | 'region' | 'credentials' | 'profile' | 'maxAttempts'
>;

const runBefore = <Input extends object, Output extends object>(
  { middlewareStack }: { readonly middlewareStack: MiddlewareStack<Input, Output> },
  before: () => Promise<void> | void,
) =>
  middlewareStack.add(
    (next) => async (args) => {
      await before();
      return next(args);
    },
    // After the retries, which are calls, too.
    { step: 'finalizeRequest', priority: 'low', name: 'beforeEachCall' },
  );

/** @param beforeEachCall delays every call, such as by a budget, or counts it; each attempt of a retried call is one */
export const createClients = (config: ClientConfig, beforeEachCall?: () => Promise<void> | void): OperateClients => {
  const clients = {
    cloudFormation: new CloudFormationClient(config),
    dynamo: DynamoDBDocumentClient.from(new DynamoDBClient(config)),
    iot: new IoTClient(config),
    lambda: new LambdaClient(config),
    sfn: new SFNClient(config),
    sqs: new SQSClient(config),
  };
  if (beforeEachCall) {
    runBefore(clients.cloudFormation, beforeEachCall);
    runBefore(clients.dynamo, beforeEachCall);
    runBefore(clients.iot, beforeEachCall);
    runBefore(clients.lambda, beforeEachCall);
    runBefore(clients.sfn, beforeEachCall);
    runBefore(clients.sqs, beforeEachCall);
  }
  return clients;
};

export const destroyClients = (clients: OperateClients): void => {
  for (const client of Object.values(clients) as readonly { destroy(): void }[]) client.destroy();
};
