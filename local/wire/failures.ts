import type { AwsError } from '../core/aws-error';
import { headerOf, type WireRequest, type WireResponse } from './message';
import { escapeXml } from './xml-writer';

/** What a protocol needs of an error to write it. */
type Failure = Pick<AwsError, 'code' | 'message' | 'statusCode'>;

/** A form: the request is of the query protocol. */
export const isQueryRequest = ({ headers }: WireRequest): boolean =>
  headerOf(headers, 'content-type')?.startsWith('application/x-www-form-urlencoded') ?? false;

/** The version of awsJson in which a client asked. */
export const awsJsonTypeOf = ({ headers }: WireRequest): string =>
  headerOf(headers, 'content-type')?.startsWith('application/x-amz-json-1.1')
    ? 'application/x-amz-json-1.1'
    : 'application/x-amz-json-1.0';

/** https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#operation-error-serialization */
export const queryFailure = (
  { code, message, statusCode }: Failure,
  requestId: string,
  namespace?: string,
): WireResponse => ({
  status: statusCode,
  headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
  body:
    `<ErrorResponse${namespace ? ` xmlns="${namespace}"` : ''}>` +
    `<Error><Type>${statusCode < 500 ? 'Sender' : 'Receiver'}</Type>` +
    `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message></Error>` +
    `<RequestId>${requestId}</RequestId></ErrorResponse>`,
});

/** For a request whose service is unknown: in the protocol that the request looks like. */
export const failureByShape = (failure: Failure, requestId: string, request: WireRequest): WireResponse => {
  if (isQueryRequest(request)) return queryFailure(failure, requestId);
  const { code, message, statusCode } = failure;
  const isAwsJson = headerOf(request.headers, 'x-amz-target') !== undefined;
  const type = isAwsJson ? awsJsonTypeOf(request) : 'application/json';
  return {
    status: statusCode,
    headers: { 'content-type': type, 'x-amzn-requestid': requestId, 'x-amzn-errortype': code },
    body: JSON.stringify({ __type: code, message }),
  };
};
