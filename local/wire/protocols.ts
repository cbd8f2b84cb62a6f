import type { ServiceName } from '../core/api';
import { AwsError } from '../core/aws-error';
import { createAwsJsonProtocol } from './aws-json-protocol';
import { createAwsQueryProtocol } from './aws-query-protocol';
import { isQueryRequest, queryFailure } from './failures';
import type { Protocol } from './message';
import { createRestJsonProtocol } from './rest-json-protocol';
import { createS3Protocol } from './s3-protocol';
import { loadServiceModel, type ServiceModel } from './service-model';

/** Older clients of SQS speak the query protocol. They can read why they get nothing. */
const refuseQuery = ({ parse, fail }: Protocol, namespace: string): Protocol => ({
  parse: (request) => {
    if (!isQueryRequest(request)) return parse(request);
    const action = new URLSearchParams(request.body.toString('utf8')).get('Action') ?? '';
    throw new AwsError(
      'InvalidAction',
      `${action}: local mode speaks the AWS JSON protocol of SQS, not the query protocol. Use a newer SDK or AWS CLI.`,
    );
  },
  fail: (error, requestId, request) =>
    isQueryRequest(request) ? queryFailure(error, requestId, namespace) : fail(error, requestId, request),
});

const PROTOCOLS: Readonly<Record<ServiceName, (model: ServiceModel) => Protocol>> = {
  iot: createRestJsonProtocol,
  iotdata: createRestJsonProtocol,
  'iot-jobs-data': createRestJsonProtocol,
  lambda: createRestJsonProtocol,
  states: createAwsJsonProtocol,
  dynamodb: createAwsJsonProtocol,
  sqs: (model) => refuseQuery(createAwsJsonProtocol(model), 'http://queue.amazonaws.com/doc/2012-11-05/'),
  secretsmanager: createAwsJsonProtocol,
  sns: (model) => createAwsQueryProtocol(model, 'http://sns.amazonaws.com/doc/2010-03-31/'),
  sts: (model) => createAwsQueryProtocol(model, 'https://sts.amazonaws.com/doc/2011-06-15/'),
  iam: (model) => createAwsQueryProtocol(model, 'https://iam.amazonaws.com/doc/2010-05-08/'),
  cloudformation: (model) => createAwsQueryProtocol(model, 'http://cloudformation.amazonaws.com/doc/2010-05-15/'),
  s3: createS3Protocol,
};

/** The protocol of each service, created for the first request to it. */
export const createProtocols = () => {
  const loaded = new Map<ServiceName, Promise<Protocol>>();
  return (service: ServiceName): Promise<Protocol> => {
    const known = loaded.get(service);
    if (known) return known;
    const protocol = loadServiceModel(service).then(PROTOCOLS[service]);
    loaded.set(service, protocol);
    return protocol;
  };
};
