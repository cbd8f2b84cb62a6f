import { dynamoInbox } from '../../../../functions/workflow/upgrade-status/inbox';
import { memoryDynamo } from './memory-dynamo';

/** The inbox table in memory. `calls`: what was asked of DynamoDB. */
export const fakeInbox = () => {
  const { dynamo, calls } = memoryDynamo();
  return { inbox: dynamoInbox(dynamo, 'inbox'), calls };
};
