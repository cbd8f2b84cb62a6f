import type { JobExecutionStatus, UpdateJobExecutionRequest } from '@aws-sdk/client-iot-jobs-data-plane';
import { isAwsError } from '../../shared/errors';
import type { Log } from '../../shared/log';
import type { MessageOf } from '../../shared/messages';
import type { PublishMessage } from '../../shared/sns-out';
import { jobExecutionOf } from '../operation-id';
import { statusDetails } from './status-details';

type OutcomeMessage = MessageOf<
  'DEVICE_STARTED_DOWNLOAD_SUCCESS' | 'FIRMWARE_UPGRADE_SUCCESS' | 'FIRMWARE_UPGRADE_FAIL'
>;

export interface UpdateStatusDeps {
  readonly updateJobExecution: (request: UpdateJobExecutionRequest) => Promise<unknown>;
  readonly publish: PublishMessage;
}

const update = (message: OutcomeMessage): { status: JobExecutionStatus; details: Readonly<Record<string, string>> } => {
  switch (message.name) {
    case 'DEVICE_STARTED_DOWNLOAD_SUCCESS':
      return { status: 'IN_PROGRESS', details: { step: 'DOWNLOADING' } };
    case 'FIRMWARE_UPGRADE_SUCCESS':
      return { status: 'SUCCEEDED', details: { step: 'VERIFIED', ...message.details } };
    case 'FIRMWARE_UPGRADE_FAIL':
      return { status: 'FAILED', details: message.details ?? {} };
  }
};

/**
 * Carries the progress of an upgrade over to the thing's job execution. An execution that is terminal or gone already
 * (cancelled, deleted, a repeated message, a message overtaken by a later one) stays as it is; so does a newer attempt. A task
 * that waits for the outcome is told afterwards.
 * @throws Error when the message's id is not an operation id, and whatever AWS answers
 */
export const updateStatus =
  ({ updateJobExecution, publish }: UpdateStatusDeps) =>
  async (message: OutcomeMessage, log: Log): Promise<void> => {
    const { status, details } = update(message);
    const { jobId, executionNumber } = jobExecutionOf(message.id);
    const { thingName } = message;
    try {
      await updateJobExecution({
        ...{ jobId, thingName, executionNumber, status },
        statusDetails: statusDetails(details),
      });
      log.info(`Job execution is ${status}`);
    } catch (error) {
      if (!isAwsError(error, 'InvalidStateTransitionException', 'ResourceNotFoundException', 'TerminalStateException'))
        throw error;
      log.info(`Job execution does not become ${status}: ${error.message}`);
    }
    if (message.name !== 'FIRMWARE_UPGRADE_SUCCESS' || message.token === undefined) return;
    const { id, token, executionArn } = message;
    const execution = executionArn === undefined ? {} : { executionArn };
    await publish({ name: 'OUTCOME_RECORDED', id, thingName, token, ...execution });
  };
