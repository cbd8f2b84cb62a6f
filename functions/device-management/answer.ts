import type { PublishMessage } from '../shared/sns-out';
import type { CurrentCommand } from './devices';
import type { Fault } from './protocol';

/** The workflow asks again after some time for what failed with this code. */
const DEVICE_BUSY = 'DEVICE_BUSY';

const faultFields = ({ faultCode, faultString, isTemporary = false }: Fault) =>
  isTemporary ? { faultCode: DEVICE_BUSY, faultString: `${faultCode}: ${faultString}` } : { faultCode, faultString };

/** Reports to the workflow how the device answered a command, to one of the tasks that wait. */
export const publishAnswer = (
  publish: PublishMessage,
  thingName: string,
  operation: Pick<CurrentCommand, 'operationId' | 'command' | 'firmwareVersion' | 'executionArn' | 'fault'>,
  token: string,
): Promise<void> => {
  const { operationId: id, command, firmwareVersion, executionArn, fault } = operation;
  const body = { id, thingName, firmwareVersion, token, ...(executionArn !== undefined && { executionArn }) };
  if (command === 'activate')
    return publish(
      fault
        ? { name: 'DEVICE_STARTED_ACTIVATION_FAIL', ...body, ...faultFields(fault) }
        : { name: 'DEVICE_STARTED_ACTIVATION_SUCCESS', ...body },
    );
  return publish(
    fault
      ? { name: 'DEVICE_STARTED_DOWNLOAD_FAIL', ...body, ...faultFields(fault) }
      : { name: 'DEVICE_STARTED_DOWNLOAD_SUCCESS', ...body },
  );
};
