import { AwsError } from '../core/aws-error';
import { isRecord } from './guards';
import { jsonReader, jsonWriter, parseJson } from './json-codec';
import type { Protocol } from './message';
import { type BodyCodec, createBindingCache } from './rest-binding';
import { createRoutes } from './rest-routes';
import type { ServiceModel } from './service-model';

const jsonCodec: BodyCodec = {
  contentType: 'application/json',
  reader: (schema, accept) => {
    const read = jsonReader(schema, accept);
    return (body) => read(parseJson(body));
  },
  writer: (schema, accept) => {
    const write = jsonWriter(schema, accept);
    return (value) => JSON.stringify(write(isRecord(value) ? value : {}));
  },
};

/** restJson1: AWS IoT and Lambda. https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html */
export const createRestJsonProtocol = ({ service, operations, errors }: ServiceModel): Protocol => {
  const route = createRoutes(operations.values());
  const bindingOf = createBindingCache(jsonCodec);
  return {
    parse: (request) => {
      const match = route(request.method, request.path, request.query);
      if (!match)
        throw new AwsError(
          'UnknownOperationException',
          `${request.method} ${request.path} is not an operation of the service ${service}.`,
          404,
        );
      const binding = bindingOf(match.operation);
      return {
        operation: match.operation.name,
        input: binding.read(request, match.labels),
        answer: (output, requestId) => {
          const response = binding.write(output);
          return { ...response, headers: { ...response.headers, 'x-amzn-requestid': requestId } };
        },
      };
    },
    fail: ({ code, message, statusCode }, requestId) => ({
      status: errors.get(code)?.status ?? statusCode,
      headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId, 'x-amzn-errortype': code },
      body: JSON.stringify({ message }),
    }),
  };
};
