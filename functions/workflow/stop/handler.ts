import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { fromEnv } from '../../shared/env';
import { createLog } from '../../shared/log';
import { onMessages } from '../../shared/sns-in';
import { dynamoMarkEnded } from './claims';
import { sfnStopExecution, stopWorkflow } from './stop';

const { EXECUTIONS_TABLE, STACK_NAME } = fromEnv(process.env, 'EXECUTIONS_TABLE', 'STACK_NAME');

export const handler = onMessages(
  createLog(STACK_NAME),
  ['JOB_EXECUTION_ENDED'],
  stopWorkflow({
    markEnded: dynamoMarkEnded(DynamoDBDocumentClient.from(new DynamoDBClient({})), EXECUTIONS_TABLE),
    stopExecution: sfnStopExecution(new SFNClient({})),
  }),
);
