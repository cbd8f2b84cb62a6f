import { once } from 'node:events';
import { Agent, request } from 'node:http';
import dynalite from 'dynalite';
import type { Environment, ServiceModule } from '../../core/api';
import { AwsError } from '../../core/aws-error';

export interface Consumption {
  readonly readUnits: number;
  readonly writeUnits: number;
}

export interface DynamoDbService extends ServiceModule {
  /** Capacity units of all tables since the start or the last reset. */
  consumption(): Consumption;
  resetConsumption(): void;
  close(): Promise<void>;
}

type Json = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const READS = new Set(['GetItem', 'Query', 'Scan', 'BatchGetItem']);
const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem']);
const OTHERS = ['CreateTable', 'DeleteTable', 'DescribeTable', 'ListTables', 'DescribeTimeToLive'];

/** dynalite wants a signature that looks like one, and checks no more. */
const AUTHORIZATION = 'AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0';

const unitsOf = (consumed: unknown): number => {
  if (Array.isArray(consumed)) return consumed.reduce<number>((sum, one) => sum + unitsOf(one), 0);
  return isRecord(consumed) && typeof consumed['CapacityUnits'] === 'number' ? consumed['CapacityUnits'] : 0;
};

/** DynamoDB over dynalite, in memory. Counts the capacity units that every request consumed. */
export const createDynamoDbService = async (environment: Environment): Promise<DynamoDbService> => {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const units = { readUnits: 0, writeUnits: 0 };

  const post = (operation: string, input: Json): Promise<Json> =>
    new Promise((resolve, reject) => {
      const body = JSON.stringify(input);
      const headers = {
        authorization: AUTHORIZATION,
        'x-amz-date': '20260101T000000Z',
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        'content-type': 'application/x-amz-json-1.0',
        'content-length': Buffer.byteLength(body),
      };
      const outgoing = request({ host: '127.0.0.1', port, method: 'POST', agent, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const parsed: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
          const output = isRecord(parsed) ? parsed : {};
          if (answer.statusCode === 200) return resolve(output);
          const type = String(output['__type']).split('#').at(-1) ?? 'InternalServerError';
          reject(new AwsError(type, String(output['message'] ?? output['Message'] ?? type), answer.statusCode));
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });

  const item = (operation: string) => async (input: Json) => {
    const output = await post(operation, { ...input, ReturnConsumedCapacity: 'TOTAL' });
    const { ConsumedCapacity, ...rest } = output;
    units[READS.has(operation) ? 'readUnits' : 'writeUnits'] += unitsOf(ConsumedCapacity);
    return input['ReturnConsumedCapacity'] === undefined ? rest : output;
  };
  return {
    service: 'dynamodb',
    operations: {
      ...Object.fromEntries([...READS, ...WRITES].map((operation) => [operation, item(operation)])),
      ...Object.fromEntries(OTHERS.map((operation) => [operation, (input: Json) => post(operation, input)])),
    },
    resourcesOf: (_operation, { TableName }) => [
      `arn:aws:dynamodb:${environment.region}:${environment.accountId}:table/${typeof TableName === 'string' ? TableName : '*'}`,
    ],
    consumption: () => ({ ...units }),
    resetConsumption: () => {
      units.readUnits = 0;
      units.writeUnits = 0;
    },
    close: async () => {
      agent.destroy();
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
};
