import { AwsError } from '../core/aws-error';
import { awsJsonTypeOf } from './failures';
import { isRecord } from './guards';
import { jsonReader, jsonWriter, parseJson } from './json-codec';
import { headerOf, type Protocol } from './message';
import type { OperationModel, ServiceModel } from './service-model';

/** awsJson1_0 and awsJson1_1: Step Functions, DynamoDB, SQS. X-Amz-Target names the operation. */
export const createAwsJsonProtocol = ({ service, operations, errors }: ServiceModel): Protocol => {
  const codecs = new Map<string, ReturnType<typeof compile>>();
  const compile = ({ input, output }: OperationModel) => ({ read: jsonReader(input), write: jsonWriter(output) });
  const codecOf = (operation: OperationModel) => {
    const known = codecs.get(operation.name);
    if (known) return known;
    const codec = compile(operation);
    codecs.set(operation.name, codec);
    return codec;
  };
  return {
    parse: (request) => {
      const target = headerOf(request.headers, 'x-amz-target') ?? '';
      const operation = operations.get(target.slice(target.lastIndexOf('.') + 1));
      if (!operation)
        throw new AwsError(
          'UnknownOperationException',
          target ? `${target} is not an operation of the service ${service}.` : 'The header X-Amz-Target is missing.',
        );
      const codec = codecOf(operation);
      const input = codec.read(parseJson(request.body));
      return {
        operation: operation.name,
        input: isRecord(input) ? input : {},
        answer: (output, requestId) => ({
          status: 200,
          headers: { 'content-type': awsJsonTypeOf(request), 'x-amzn-requestid': requestId },
          body: JSON.stringify(codec.write(output ?? {})),
        }),
      };
    },
    fail: ({ code, message, statusCode, members }, requestId, request) => {
      const model = errors.get(code);
      const queryCode = model?.queryCode;
      const rest = model && jsonWriter(model.schema)(members);
      return {
        status: model?.status ?? statusCode,
        headers: {
          'content-type': awsJsonTypeOf(request),
          'x-amzn-requestid': requestId,
          // Services that once used the query protocol (SQS) still send its error code.
          ...(queryCode ? { 'x-amzn-query-error': `${queryCode};${statusCode < 500 ? 'Sender' : 'Receiver'}` } : {}),
        },
        body: JSON.stringify({ __type: code, message, ...(isRecord(rest) ? rest : {}) }),
      };
    },
  };
};
