import { AwsError } from '../core/aws-error';
import { decodeAwsChunked } from './aws-chunked';
import { headerOf, type Protocol, type WireRequest } from './message';
import { type BodyCodec, createBindingCache } from './rest-binding';
import { createS3Routes } from './s3-routes';
import type { ServiceModel } from './service-model';
import { parseXml, readXml } from './xml-reader';
import { escapeXml, writeMembers } from './xml-writer';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

const xmlCodec: BodyCodec = {
  contentType: 'application/xml',
  reader: (schema) => (body) => (body.length > 0 ? readXml(schema, parseXml(body.toString('utf8'))) : {}),
  writer: (schema, accept) => {
    const { xmlName } = schema.getMergedTraits();
    const name = xmlName ?? schema.getName() ?? 'Result';
    return (value) => {
      const content = writeMembers(schema, value, accept);
      return content || xmlName ? `${DECLARATION}<${name} xmlns="${NAMESPACE}">${content}</${name}>` : '';
    };
  },
};

const isChunked = ({ headers }: WireRequest): boolean =>
  (headerOf(headers, 'content-encoding') ?? '').includes('aws-chunked') ||
  (headerOf(headers, 'x-amz-content-sha256') ?? '').startsWith('STREAMING-');

/** restXml as S3 speaks it, path style or with the bucket in the host. Bodies may come `aws-chunked` with trailing checksums. */
export const createS3Protocol = ({ operations }: ServiceModel): Protocol => {
  const route = createS3Routes(operations.values());
  const bindingOf = createBindingCache(xmlCodec);
  return {
    parse: (received) => {
      const request = isChunked(received) ? { ...received, body: decodeAwsChunked(received.body) } : received;
      const match = route(request);
      if (!match)
        throw new AwsError('MethodNotAllowed', `${request.method} ${request.path} is not an operation of S3.`, 405);
      const binding = bindingOf(match.operation);
      return {
        operation: match.operation.name,
        input: binding.read(request, match.labels),
        answer: (output, requestId) => {
          const response = binding.write(output);
          return { ...response, headers: { ...response.headers, 'x-amz-request-id': requestId } };
        },
      };
    },
    // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    fail: ({ code, message, statusCode }, requestId, { path }) => ({
      status: statusCode,
      headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId },
      body:
        `${DECLARATION}<Error><Code>${escapeXml(code === 'UnknownOperationException' ? 'NotImplemented' : code)}</Code><Message>${escapeXml(message)}</Message>` +
        `<Resource>${escapeXml(path)}</Resource><RequestId>${requestId}</RequestId></Error>`,
    }),
  };
};
