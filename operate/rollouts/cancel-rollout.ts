import { CancelJobCommand } from '@aws-sdk/client-iot';
import { isAwsError } from '../../functions/shared/errors';
import { NotFoundError, type Operator } from '../operator';

export interface Cancellation {
  /** Also cancel devices that are upgrading: their workflows stop. Without it they go on to their end. */
  readonly force?: boolean;
  /** Shown with the job. */
  readonly comment?: string;
}

/**
 * Devices that have not begun do not begin any more.
 * https://docs.aws.amazon.com/iot/latest/apireference/API_CancelJob.html
 * @throws NotFoundError; InvalidRequestException when the job is over
 */
export const cancelRollout = async (
  { clients: { iot }, resources: { stackName } }: Operator,
  jobId: string,
  { force = false, comment }: Cancellation = {},
): Promise<void> => {
  try {
    await iot.send(new CancelJobCommand({ jobId, force, ...(comment !== undefined && { comment }) }));
  } catch (error) {
    if (!isAwsError(error, 'ResourceNotFoundException')) throw error;
    throw new NotFoundError(`There is no roll-out ${jobId} of stack ${stackName}.`);
  }
};
