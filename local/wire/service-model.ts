import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticErrorSchema, StaticOperationSchema } from '@smithy/types';
import type { ServiceName } from '../core/api';
import { isRecord } from './guards';

/** One operation, as described by the SDK of the service. */
export interface OperationModel {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  /** REST services only: `uri` is a template such as `/things/{thingName}`. */
  readonly http?: { readonly method: string; readonly uri: string; readonly status: number };
}

export interface ErrorModel {
  readonly schema: NormalizedSchema;
  /** HTTP status, when the model has one. */
  readonly status?: number;
  /** The code in the query protocol, when it differs from the exception's name. */
  readonly queryCode?: string;
}

/** A service, as described by its SDK client. */
export interface ServiceModel {
  readonly service: ServiceName;
  readonly operations: ReadonlyMap<string, OperationModel>;
  readonly errors: ReadonlyMap<string, ErrorModel>;
}

/** Loaded for the first request: the clients are large and rarely all needed. */
const CLIENTS: Readonly<Record<ServiceName, () => Promise<object>>> = {
  iot: () => import('@aws-sdk/client-iot'),
  iotdata: () => import('@aws-sdk/client-iot-data-plane'),
  'iot-jobs-data': () => import('@aws-sdk/client-iot-jobs-data-plane'),
  sns: () => import('@aws-sdk/client-sns'),
  states: () => import('@aws-sdk/client-sfn'),
  dynamodb: () => import('@aws-sdk/client-dynamodb'),
  s3: () => import('@aws-sdk/client-s3'),
  lambda: () => import('@aws-sdk/client-lambda'),
  sqs: () => import('@aws-sdk/client-sqs'),
  sts: () => import('@aws-sdk/client-sts'),
  iam: () => import('@aws-sdk/client-iam'),
  cloudformation: () => import('@aws-sdk/client-cloudformation'),
  secretsmanager: () => import('@aws-sdk/client-secrets-manager'),
};

/** Static schemas are tuples whose first element is the kind: 9 is an operation, -3 an error. */
const isOperationSchema = (value: unknown): value is StaticOperationSchema => Array.isArray(value) && value[0] === 9;
const isErrorSchema = (value: unknown): value is StaticErrorSchema => Array.isArray(value) && value[0] === -3;

const httpOf = (traits: unknown): OperationModel['http'] => {
  const http = isRecord(traits) ? traits['http'] : undefined;
  if (!Array.isArray(http)) return undefined;
  const parts: readonly unknown[] = http;
  const [method, uri, status] = parts;
  if (typeof method !== 'string' || typeof uri !== 'string' || typeof status !== 'number') return undefined;
  return { method, uri, status };
};

const errorOf = (error: StaticErrorSchema): ErrorModel => {
  const schema = NormalizedSchema.of(error);
  const traits: unknown = error[3];
  if (!isRecord(traits)) return { schema };
  const { httpError, awsQueryError } = traits;
  const parts: readonly unknown[] = Array.isArray(awsQueryError) ? awsQueryError : [];
  const [queryCode] = parts;
  return {
    schema,
    ...(typeof httpError === 'number' ? { status: httpError } : {}),
    ...(typeof queryCode === 'string' ? { queryCode } : {}),
  };
};

/** The operations that the SDK client of a service exports, by name. */
export const operationsOf = (client: object): ReadonlyMap<string, OperationModel> =>
  new Map(
    Object.values(client)
      .filter(isOperationSchema)
      .map(([, , name, traits, input, output]) => {
        const http = httpOf(traits);
        const schemas = { input: NormalizedSchema.of(input), output: NormalizedSchema.of(output) };
        return [name, { name, ...schemas, ...(http ? { http } : {}) }];
      }),
  );

/** Reads operations and errors of a service from the schemas that its SDK client exports. */
export const loadServiceModel = async (service: ServiceName): Promise<ServiceModel> => {
  const client = await CLIENTS[service]();
  const errors = Object.values(client)
    .filter(isErrorSchema)
    .map((error) => [error[2], errorOf(error)] as const);
  return { service, operations: operationsOf(client), errors: new Map(errors) };
};
