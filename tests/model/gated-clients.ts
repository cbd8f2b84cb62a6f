import type { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane';
import type { IoTJobsDataPlaneClient } from '@aws-sdk/client-iot-jobs-data-plane';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Gate } from './actor';

interface Command {
  readonly input: object;
}
type Fields = Readonly<Record<string, unknown>>;

const operationOf = (command: Command) => command.constructor.name.replace(/Command$/, '');

/** Clients of the AWS SDK, of which only `send` is used: their calls wait at the gate, named like `sns:Publish`. */
export const gatedClients = (gate: Gate) => {
  const client = (service: string): unknown => ({
    send: (command: Command) => gate(`${service}:${operationOf(command)}`, command.input),
  });
  return {
    iotData: client('iotdata') as IoTDataPlaneClient,
    jobs: client('jobs') as IoTJobsDataPlaneClient,
    sfn: client('states') as SFNClient,
    sns: client('sns') as SNSClient,
  };
};

const toAttribute = (value: unknown): unknown => {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value instanceof Set) return { SS: [...value].map(String) };
  if (Array.isArray(value)) return { L: value.map(toAttribute) };
  if (typeof value === 'object' && value !== null) return { M: toAttributes(value) };
  throw new Error(`no attribute of DynamoDB: ${String(value)}`);
};
const toAttributes = (fields: object): Fields =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, toAttribute(value)]])),
  );

const fromAttribute = (attribute: unknown): unknown => {
  const [[type, value] = []] = Object.entries(attribute as object) as [string, unknown][];
  if (type === 'N') return Number(value);
  if (type === 'SS') return new Set(value as readonly string[]);
  if (type === 'L') return (value as readonly unknown[]).map(fromAttribute);
  return type === 'M' ? fromAttributes(value as Fields) : value;
};
const fromAttributes = (attributes: Fields): Fields =>
  Object.fromEntries(Object.entries(attributes).map(([name, attribute]) => [name, fromAttribute(attribute)]));

const OPERATIONS: Readonly<Record<string, string>> = { Update: 'UpdateItem', Get: 'GetItem' };

/** DynamoDB's document client: it takes and gives JavaScript's values. */
export const gatedDocumentClient = (gate: Gate): DynamoDBDocumentClient => {
  const send = async (command: Command): Promise<unknown> => {
    const { Key, ExpressionAttributeValues: values, ...input } = command.input as Fields;
    const answer = (await gate(`dynamodb:${OPERATIONS[operationOf(command)] ?? operationOf(command)}`, {
      ...{ ...input, Key: toAttributes(Key as Fields) },
      ...(values !== undefined && { ExpressionAttributeValues: toAttributes(values as Fields) }),
    })) as { readonly Attributes?: Fields; readonly Item?: Fields };
    const { Attributes, Item } = answer;
    return {
      ...(Attributes && { Attributes: fromAttributes(Attributes) }),
      ...(Item && { Item: fromAttributes(Item) }),
    };
  };
  return { send } as unknown as DynamoDBDocumentClient;
};
