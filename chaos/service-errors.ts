import type { ServiceName } from '../local/core/api';
import { AwsError } from '../local/core/aws-error';

type Names = readonly [code: string, status: number];

/** How each service says that calls come too fast: "Common errors" and the errors of the operation in its API reference. */
const THROTTLED: Readonly<Partial<Record<ServiceName, Names>>> = {
  dynamodb: ['ProvisionedThroughputExceededException', 400],
  sns: ['Throttled', 429],
  lambda: ['TooManyRequestsException', 429],
  s3: ['SlowDown', 503],
};
const THROTTLED_BY_DEFAULT: Names = ['ThrottlingException', 400];

/** How each service says that it failed itself. */
const FAILED: Readonly<Partial<Record<ServiceName, Names>>> = {
  dynamodb: ['InternalServerError', 500],
  sns: ['InternalError', 500],
  iot: ['InternalFailureException', 500],
  iotdata: ['InternalFailureException', 500],
  'iot-jobs-data': ['InternalException', 500],
  lambda: ['ServiceException', 500],
  secretsmanager: ['InternalServiceError', 500],
  s3: ['InternalError', 500],
};
const FAILED_BY_DEFAULT: Names = ['InternalFailure', 500];

export const throttled = (service: ServiceName): AwsError => {
  const [code, status] = THROTTLED[service] ?? THROTTLED_BY_DEFAULT;
  return new AwsError(code, 'Rate exceeded', status);
};

export const serverError = (service: ServiceName): AwsError => {
  const [code, status] = FAILED[service] ?? FAILED_BY_DEFAULT;
  return new AwsError(code, 'The service has failed', status);
};
