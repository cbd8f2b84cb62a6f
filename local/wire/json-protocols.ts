import { AwsError } from '../core/aws-error';
import { asInput, header, type Protocol, type WireRequest, type WireResponse } from './protocol';
import { fromJson, fromText, type OperationSchema, toJson } from '../core/sdk-schema';

const parseJson = (body: Buffer): unknown => {
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return value;
  } catch (error) {
    throw new AwsError('SerializationException', `The request body is not JSON: ${String(error)}`);
  }
};

const jsonError = (contentType: string) => (error: AwsError, requestId: string): WireResponse => ({
  status: error.statusCode,
  headers: { 'content-type': contentType, 'x-amzn-requestid': requestId, 'x-amzn-errortype': error.code },
  body: JSON.stringify({ __type: error.code, message: error.message, Message: error.message }),
});

/** awsJson1_0: the operation is in X-Amz-Target. https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html */
export const awsJson = (operations: ReadonlyMap<string, OperationSchema>): Protocol => ({
  parse: (request) => {
    const operation = header(request, 'x-amz-target')?.split('.').at(-1) ?? '';
    const schema = operations.get(operation);
    if (!schema) throw new AwsError('UnknownOperationException', `There is no operation "${operation}" (X-Amz-Target).`);
    return {
      operation,
      input: asInput(fromJson(schema.input, parseJson(request.body))),
      respond: (output, requestId) => ({
        status: 200,
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': requestId },
        body: JSON.stringify(toJson(schema.output, output) ?? {}),
      }),
    };
  },
  error: jsonError('application/x-amz-json-1.0'),
});

/** DynamoDB's values are JSON already, with their types in them: nothing to convert. */
export const dynamoJson = (): Protocol => ({
  parse: (request) => ({
    operation: header(request, 'x-amz-target')?.split('.').at(-1) ?? '',
    input: asInput(parseJson(request.body)),
    respond: (output, requestId) => ({
      status: 200,
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': requestId },
      body: JSON.stringify(output),
    }),
  }),
  error: jsonError('application/x-amz-json-1.0'),
});

interface Route {
  readonly operation: OperationSchema;
  readonly method: string;
  readonly segments: readonly string[];
  readonly status: number;
}

const labelOf = (segment: string): string | undefined => /^\{(\w+)\+?\}$/.exec(segment)?.[1];

const routesOf = (operations: ReadonlyMap<string, OperationSchema>): readonly Route[] =>
  [...operations.values()]
    .flatMap((operation) => {
      if (!operation.http) return [];
      const { method, uri, status } = operation.http;
      return [{ operation, method, status, segments: (uri.split('?')[0] ?? '').split('/').slice(1) }];
    })
    // Literal segments win over labels.
    .sort((a, b) => a.segments.filter(labelOf).length - b.segments.filter(labelOf).length);

const match = (route: Route, method: string, segments: readonly string[]): boolean =>
  route.method === method &&
  route.segments.length === segments.length &&
  route.segments.every((segment, index) => labelOf(segment) !== undefined || segment === segments[index]);

const bindInput = (route: Route, segments: readonly string[], request: WireRequest) => {
  const { input } = route.operation;
  const body: Record<string, unknown> = {};
  const members = [...input.structIterator()];
  const payload = members.find(([, member]) => member.getMergedTraits().httpPayload);
  if (payload) {
    const [name, member] = payload;
    if (request.body.length > 0) body[name] = member.isBlobSchema() ? request.body : fromJson(member, parseJson(request.body));
  } else Object.assign(body, fromJson(input, parseJson(request.body)));
  route.segments.forEach((segment, index) => {
    const name = labelOf(segment);
    if (name !== undefined) body[name] = fromText(input.getMemberSchema(name), decodeURIComponent(segments[index] ?? ''));
  });
  for (const [name, member] of members) {
    const { httpQuery, httpHeader } = member.getMergedTraits();
    const text =
      typeof httpQuery === 'string'
        ? request.query.get(httpQuery)
        : typeof httpHeader === 'string'
          ? header(request, httpHeader)
          : undefined;
    if (text !== null && text !== undefined) body[name] = fromText(member, text);
  }
  return body;
};

const bindOutput = (route: Route, output: unknown, requestId: string): WireResponse => {
  const values = asInput(output);
  const schema = route.operation.output;
  const headers: Record<string, string> = { 'content-type': 'application/json', 'x-amzn-requestid': requestId };
  let status = route.status;
  let raw: Buffer | undefined;
  const rest: Record<string, unknown> = { ...values };
  for (const [name, member] of schema.isStructSchema() ? schema.structIterator() : []) {
    const { httpHeader, httpPayload, httpResponseCode } = member.getMergedTraits();
    const value = values[name];
    if (httpHeader === undefined && httpPayload === undefined && httpResponseCode === undefined) continue;
    delete rest[name];
    if (value === undefined) continue;
    if (typeof httpHeader === 'string') headers[httpHeader] = String(value);
    else if (httpResponseCode) status = Number(value);
    else if (httpPayload)
      raw = value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(JSON.stringify(toJson(member, value)));
  }
  return { status, headers, body: raw ?? JSON.stringify(toJson(schema, rest) ?? {}) };
};

/** restJson1: method and path tell the operation. https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html */
export const restJson = (operations: ReadonlyMap<string, OperationSchema>): Protocol => {
  const routes = routesOf(operations);
  return {
    parse: (request) => {
      const segments = request.path.split('/').slice(1);
      const route =
        routes.find((candidate) => match(candidate, request.method, segments)) ??
        routes.find((candidate) => match(candidate, request.method, segments.slice(0, -1)) && segments.at(-1) === '');
      if (!route) throw new AwsError('UnknownOperationException', `There is no operation ${request.method} ${request.path}.`, 404);
      return {
        operation: route.operation.name,
        input: bindInput(route, segments, request),
        respond: (output, requestId) => bindOutput(route, output, requestId),
      };
    },
    error: jsonError('application/json'),
  };
};
