import type { ServiceName } from '../core/api';
import { createAwsJsonProtocol } from './aws-json-protocol';
import { createAwsQueryProtocol } from './aws-query-protocol';
import type { Protocol } from './message';
import { createRestJsonProtocol } from './rest-json-protocol';
import { createS3Protocol } from './s3-protocol';
import { loadServiceModel, type ServiceModel } from './service-model';

const PROTOCOLS: Readonly<Record<ServiceName, (model: ServiceModel) => Protocol>> = {
  iot: createRestJsonProtocol,
  iotdata: createRestJsonProtocol,
  'iot-jobs-data': createRestJsonProtocol,
  lambda: createRestJsonProtocol,
  states: createAwsJsonProtocol,
  dynamodb: createAwsJsonProtocol,
  sqs: createAwsJsonProtocol,
  secretsmanager: createAwsJsonProtocol,
  sns: (model) => createAwsQueryProtocol(model, 'http://sns.amazonaws.com/doc/2010-03-31/'),
  sts: (model) => createAwsQueryProtocol(model, 'https://sts.amazonaws.com/doc/2011-06-15/'),
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
