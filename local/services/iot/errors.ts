import { AwsError } from '../../core/aws-error';

/** HTTP 400: the request itself is wrong. */
export const invalidRequest = (message: string) => new AwsError('InvalidRequestException', message, 400);
/** HTTP 404 */
export const notFound = (message: string) => new AwsError('ResourceNotFoundException', message, 404);
/** HTTP 409: the name belongs to a resource with other properties. */
export const alreadyExists = (message: string) => new AwsError('ResourceAlreadyExistsException', message, 409);
/** HTTP 409: `expectedVersion` is not the current version. */
export const versionConflict = (message: string) => new AwsError('VersionConflictException', message, 409);
/** HTTP 409: something is still attached to the resource. */
export const deleteConflict = (message: string) => new AwsError('DeleteConflictException', message, 409);
/** HTTP 409: the status of a job or job execution does not allow it. */
export const invalidStateTransition = (message: string) =>
  new AwsError('InvalidStateTransitionException', message, 409);

/** @throws AwsError VersionConflictException when a version is expected and it is not the current one */
export const checkVersion = (what: string, expected: number | undefined, current: number): void => {
  if (expected !== undefined && expected !== current)
    throw versionConflict(`${what} has version ${current}, the request expects ${expected}. Read it again and retry.`);
};
