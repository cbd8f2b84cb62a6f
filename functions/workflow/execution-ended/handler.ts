import { SNSClient } from '@aws-sdk/client-sns';
import { fromEnv } from '../../shared/env';
import { createLog } from '../../shared/log';
import { publishTo } from '../../shared/sns-out';
import { executionEnded } from './execution-ended';

const { EVENTS_TOPIC_ARN, STACK_NAME } = fromEnv(process.env, 'EVENTS_TOPIC_ARN', 'STACK_NAME');

/** Invoked by EventBridge when an execution ends without success. */
export const handler = executionEnded(publishTo(new SNSClient({}), EVENTS_TOPIC_ARN), createLog(STACK_NAME));
