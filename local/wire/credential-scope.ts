import type { ServiceName } from '../core/api';
import { AwsError } from '../core/aws-error';
import { headerOf, type WireRequest } from './message';

/** Who signed a request, and for which service. */
interface CredentialScope {
  readonly accessKeyId: string;
  readonly service: ServiceName;
}

/** Scopes by signing name. Some tools sign requests to the IoT data planes with `iotdevicegateway`, the service name in the host name. */
const SERVICES: Readonly<Record<string, ServiceName>> = {
  iot: 'iot',
  iotdata: 'iotdata',
  iotdevicegateway: 'iotdata',
  'iot-jobs-data': 'iot-jobs-data',
  sns: 'sns',
  states: 'states',
  dynamodb: 'dynamodb',
  s3: 's3',
  lambda: 'lambda',
  sqs: 'sqs',
  sts: 'sts',
  iam: 'iam',
  cloudformation: 'cloudformation',
  secretsmanager: 'secretsmanager',
};

const HEADER = /^AWS4-HMAC-SHA256\s.*?Credential=([^,\s]+)/;

/**
 * Reads the SigV4 credential from the Authorization header, or from the query of a presigned URL. The signature itself is
 * not verified: local mode listens on the loopback interface and has no secrets.
 * @returns undefined when the request is not signed
 * @throws AwsError IncompleteSignatureException, UnknownServiceException
 */
export const credentialScopeOf = ({
  headers,
  query,
}: Pick<WireRequest, 'headers' | 'query'>): CredentialScope | undefined => {
  const authorization = headerOf(headers, 'authorization');
  const credential = (authorization && HEADER.exec(authorization)?.[1]) ?? query.get('X-Amz-Credential');
  if (!credential) {
    if (authorization === undefined) return undefined;
    throw new AwsError(
      'IncompleteSignatureException',
      'The Authorization header must be "AWS4-HMAC-SHA256 Credential=<key>/<date>/<region>/<service>/aws4_request, …".',
      403,
    );
  }
  // Key ids contain no slash, but count from the end to be safe: …/date/region/service/aws4_request
  const parts = credential.split('/');
  const name = parts.at(-2) ?? '';
  const service = SERVICES[name];
  if (!service || parts.length < 5)
    throw new AwsError(
      'UnknownServiceException',
      `Local mode has no service "${name}" (credential scope "${credential}"). It has: ${Object.keys(SERVICES).join(', ')}.`,
      501,
    );
  return { accessKeyId: parts.slice(0, -4).join('/'), service };
};
