import { AwsError } from '../core/aws-error';
import { queryFailure } from './failures';
import type { Protocol } from './message';
import { parseForm, readForm } from './query-reader';
import type { ServiceModel } from './service-model';
import { writeMembers } from './xml-writer';

const XML = 'text/xml';

/** awsQuery: SNS, STS, IAM and CloudFormation. Requests are forms, responses XML. @param namespace of the responses */
export const createAwsQueryProtocol = ({ service, operations, errors }: ServiceModel, namespace: string): Protocol => ({
  parse: ({ method, body, query }) => {
    const form = method === 'GET' ? query : new URLSearchParams(body.toString('utf8'));
    const name = form.get('Action') ?? '';
    const operation = operations.get(name);
    if (!operation)
      throw new AwsError(
        'InvalidAction',
        name ? `${name} is not an operation of the service ${service}.` : 'The field Action is missing.',
      );
    return {
      operation: name,
      input: readForm(operation.input, parseForm(form)),
      answer: (output, requestId) => {
        const result = operation.output.isUnitSchema()
          ? ''
          : `<${name}Result>${writeMembers(operation.output, output)}</${name}Result>`;
        const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
        return {
          status: 200,
          headers: { 'content-type': XML, 'x-amzn-requestid': requestId },
          body: `<${name}Response xmlns="${namespace}">${result}${metadata}</${name}Response>`,
        };
      },
    };
  },
  fail: ({ code, message, statusCode }, requestId) => {
    const model = errors.get(code);
    const failure = { code: model?.queryCode ?? code, message, statusCode: model?.status ?? statusCode };
    return queryFailure(failure, requestId, namespace);
  },
});
