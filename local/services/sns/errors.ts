import { AwsError } from '../../core/aws-error';

/** HTTP 400. */
export const invalidParameter = (message: string) =>
  new AwsError('InvalidParameterException', `Invalid parameter: ${message}`, 400);
/** HTTP 404. */
export const notFound = (message: string) => new AwsError('NotFoundException', message, 404);
