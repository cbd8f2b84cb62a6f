import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { fromEnv } from '../../shared/env';
import { log } from '../../shared/log';
import { onMessages } from '../../shared/sns-in';
import { dynamoExecutionOf, sfnStopExecution, stopWorkflow } from './stop';

const { EXECUTIONS_TABLE } = fromEnv(process.env, 'EXECUTIONS_TABLE');

export const handler = onMessages(
  log,
  ['JOB_EXECUTION_ENDED'],
  stopWorkflow({
    log,
    executionOf: dynamoExecutionOf(new DynamoDBClient({}), EXECUTIONS_TABLE),
    stopExecution: sfnStopExecution(new SFNClient({})),
  }),
);
