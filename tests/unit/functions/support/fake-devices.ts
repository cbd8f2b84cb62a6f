import { dynamoDevices } from '../../../../functions/device-management/dynamo-devices';
import { memoryDynamo } from './memory-dynamo';

/** The devices table in memory. `touched`: the things whose items were written; `calls`: what was asked of DynamoDB. */
export const fakeDevices = () => {
  const { dynamo, calls, touched } = memoryDynamo();
  return { port: dynamoDevices(dynamo, 'devices'), touched, calls };
};
