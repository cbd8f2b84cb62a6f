import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { drivenClock } from '../../../../local/core/clock';
import { createDynamoDbService } from '../../../../local/services/dynamodb/dynamodb-service';
import { type Harness, startFrontEnd } from '../../wire/wire-harness';

/** The embedded DynamoDB for a suite, and new tables in it with a key of two texts. */
export const documentTables = (hash: string, range: string) => {
  const dynamodb = createDynamoDbService({
    clock: drivenClock(),
    environment: { accountId: '000000000000', region: 'eu-west-1' },
  });
  let started: Harness;
  let client: DynamoDBClient;
  let tables = 0;
  beforeAll(async () => {
    started = await startFrontEnd([dynamodb]);
    client = new DynamoDBClient(started.config);
  });
  afterAll(async () => {
    client.destroy();
    await started.frontEnd.close();
    await dynamodb.close();
  });
  return async () => {
    const tableName = `table-${tables++}`;
    const names = [hash, range];
    await client.send(
      new CreateTableCommand({
        ...{ TableName: tableName, BillingMode: 'PAY_PER_REQUEST' },
        AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: names.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
      }),
    );
    return { dynamo: DynamoDBDocumentClient.from(client), tableName };
  };
};
