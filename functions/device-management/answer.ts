import type { PublishMessage } from '../shared/sns-out';
import type { Operation } from './devices';

/** Tells the workflow how the device answered the download command, for one of the tokens that wait. */
export const publishAnswer = (
  publish: PublishMessage,
  thingName: string,
  operation: Operation,
  token: string,
): Promise<void> => {
  const { operationId: id, firmwareVersion, executionArn, state, fault } = operation;
  const body = { id, thingName, firmwareVersion, token, ...(executionArn !== undefined && { executionArn }) };
  return state === 'REFUSED'
    ? publish({ name: 'DEVICE_STARTED_DOWNLOAD_FAIL', ...body, ...fault })
    : publish({ name: 'DEVICE_STARTED_DOWNLOAD_SUCCESS', ...body });
};
