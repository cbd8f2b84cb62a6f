import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as iot from '@aws-sdk/client-iot';
import * as iotData from '@aws-sdk/client-iot-data-plane';
import * as iotJobsData from '@aws-sdk/client-iot-jobs-data-plane';
import * as lambda from '@aws-sdk/client-lambda';
import * as s3 from '@aws-sdk/client-s3';
import * as sfn from '@aws-sdk/client-sfn';
import * as sns from '@aws-sdk/client-sns';
import * as sqs from '@aws-sdk/client-sqs';
import type { NormalizedSchema } from '@smithy/core/schema';
import type { AwsApi, ServiceName } from '../../../core/api';
import { AwsError } from '../../../core/aws-error';
import { NoAnswerError } from '../../../core/disturbance';
import { type OperationModel, operationsOf } from '../../../wire/service-model';
import { isObject, type Json, toJson } from './json';
import { runtimeError, StateError } from './state-error';

interface Service {
  readonly service: ServiceName;
  readonly client: object;
  /** Prefix of error names in the AWS SDK integration; the optimized one may have another. */
  readonly prefix: string;
  readonly optimizedPrefix?: string;
  readonly optimized?: readonly string[];
}

/** By the service's name in a resource ARN. */
const SERVICES: Readonly<Record<string, Service>> = {
  dynamodb: {
    service: 'dynamodb',
    client: dynamodb,
    prefix: 'DynamoDb',
    optimizedPrefix: 'DynamoDB',
    optimized: ['getItem', 'putItem', 'updateItem', 'deleteItem'],
  },
  sns: { service: 'sns', client: sns, prefix: 'Sns', optimizedPrefix: 'SNS', optimized: ['publish'] },
  sqs: { service: 'sqs', client: sqs, prefix: 'Sqs', optimizedPrefix: 'SQS', optimized: ['sendMessage'] },
  lambda: { service: 'lambda', client: lambda, prefix: 'Lambda', optimizedPrefix: 'Lambda', optimized: ['invoke'] },
  states: {
    service: 'states',
    client: sfn,
    prefix: 'Sfn',
    optimizedPrefix: 'StepFunctions',
    optimized: ['startExecution'],
  },
  iot: { service: 'iot', client: iot, prefix: 'Iot' },
  iotdataplane: { service: 'iotdata', client: iotData, prefix: 'IotDataPlane' },
  iotjobsdataplane: { service: 'iot-jobs-data', client: iotJobsData, prefix: 'IotJobsDataPlane' },
  sfn: { service: 'states', client: sfn, prefix: 'Sfn' },
  s3: { service: 's3', client: s3, prefix: 'S3' },
};

export interface Integration {
  readonly service: ServiceName;
  readonly operation: string;
  readonly schema: OperationModel;
  readonly prefix: string;
  readonly optimized: boolean;
  readonly waitForTaskToken: boolean;
  /** For the execution history. */
  readonly resourceType: string;
  readonly resource: string;
}

const schemas = new Map<object, ReadonlyMap<string, OperationModel>>();
const schemasOf = (client: object) => {
  const known = schemas.get(client) ?? operationsOf(client);
  schemas.set(client, known);
  return known;
};

const upper = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/**
 * Parses the Resource of a Task.
 * @throws StateError States.Runtime when local mode has no such integration
 */
export const integrationOf = (resource: string): Integration => {
  const parts = /^arn:aws:states:::(aws-sdk:)?(\w+):(\w+)(\.waitForTaskToken)?$/.exec(resource);
  const [, sdk, name = '', action = '', wait] = parts ?? [];
  const service = SERVICES[name];
  const optimized = sdk === undefined;
  const schema = service && schemasOf(service.client).get(upper(action));
  if (!service || !schema || (optimized && !service.optimized?.includes(action)))
    throw runtimeError(`Local mode has no integration ${resource}`);
  return {
    service: service.service,
    operation: upper(action),
    schema,
    prefix: (optimized ? service.optimizedPrefix : service.prefix) ?? service.prefix,
    optimized,
    waitForTaskToken: wait !== undefined,
    resourceType: optimized ? name : `aws-sdk:${name}`,
    resource: `${action}${wait ?? ''}`,
  };
};

/** Converts parameters (PascalCase members) to an input of the SDK. @throws StateError for a member that does not exist */
const toSdk = (schema: NormalizedSchema, value: Json): unknown => {
  if (schema.isStructSchema() && isObject(value)) {
    const members = new Map([...schema.structIterator()].map(([name, member]) => [upper(name), { name, member }]));
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        const found = members.get(key);
        if (!found)
          throw runtimeError(`The field '${key}' is not a parameter: there are ${[...members.keys()].join(', ')}`);
        return [found.name, toSdk(found.member, inner)];
      }),
    );
  }
  if (schema.isListSchema() && Array.isArray(value))
    return (value as readonly Json[]).map((item) => toSdk(schema.getValueSchema(), item));
  if (schema.isMapSchema() && isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, toSdk(schema.getValueSchema(), inner)]),
    );
  if (schema.isBlobSchema()) return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  return value;
};

/** Converts an output of the SDK to PascalCase members. */
const fromSdk = (schema: NormalizedSchema, value: unknown): unknown => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (value instanceof Date) return value.toISOString();
  if (schema.isStructSchema() && isObject(value))
    return Object.fromEntries(
      [...schema.structIterator()].flatMap(([name, member]) =>
        value[name] === undefined ? [] : [[upper(name), fromSdk(member, value[name])]],
      ),
    );
  if (schema.isListSchema() && Array.isArray(value))
    return value.map((item: unknown) => fromSdk(schema.getValueSchema(), item));
  if (schema.isMapSchema() && isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, fromSdk(schema.getValueSchema(), inner)]),
    );
  return value;
};

/** Optimized integrations accept objects for members that are text in the API. */
const BODIES: Readonly<Record<string, string>> = {
  Publish: 'Message',
  SendMessage: 'MessageBody',
  StartExecution: 'Input',
};

const withTextBody = ({ optimized, operation }: Integration, parameters: Json): Json => {
  const member = BODIES[operation];
  if (!optimized || member === undefined || !isObject(parameters)) return parameters;
  const body = parameters[member];
  return body === undefined || typeof body === 'string'
    ? parameters
    : { ...parameters, [member]: JSON.stringify(body) };
};

/** The result of lambda:invoke: the payload as JSON, or the function's error. */
const lambdaResult = (output: Json): Json => {
  if (!isObject(output)) return output;
  const payload = output['Payload'];
  const text = typeof payload === 'string' ? payload : 'null';
  if (output['FunctionError'] !== undefined) {
    const failure = JSON.parse(text) as Json;
    const type =
      isObject(failure) && typeof failure['errorType'] === 'string' ? failure['errorType'] : 'Lambda.Unknown';
    throw new StateError(type, text);
  }
  return { ...output, Payload: JSON.parse(text) as Json };
};

/**
 * The name of a service's error. With the AWS SDK integration it always ends in Exception:
 * https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
 */
const errorName = ({ prefix, optimized }: Integration, { code }: AwsError): string =>
  optimized || code.endsWith('Exception') ? `${prefix}.${code}` : `${prefix}.${code}Exception`;

/**
 * Calls the service as the state machine's role.
 * @throws StateError with the service's error under the integration's prefix
 */
export const callIntegration = async (
  api: AwsApi,
  integration: Integration,
  parameters: Json,
  roleArn: string,
): Promise<Json> => {
  const { service, operation, schema, prefix, optimized } = integration;
  const input = toSdk(schema.input, withTextBody(integration, parameters));
  try {
    const output = await api.call(service, operation, isObject(input) ? input : {}, { kind: 'role', roleArn });
    const json = toJson(service === 'dynamodb' ? output : fromSdk(schema.output, output));
    return optimized && operation === 'Invoke' ? lambdaResult(json) : json;
  } catch (error) {
    if (error instanceof AwsError) throw new StateError(errorName(integration, error), error.message);
    // What Step Functions cannot tell the fate of, such as a call without an answer (developer guide, "Handle Lambda service exceptions").
    if (error instanceof NoAnswerError) throw new StateError(`${prefix}.SdkClientException`, error.message);
    throw error;
  }
};
