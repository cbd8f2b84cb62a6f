import { createClients } from '../../operate/clients';
import type { Operator } from '../../operate/operator';

/** An operator of a stack whose AWS is mocked, one second after the epoch. */
export const operator: Operator = {
  clients: createClients({ region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } }),
  stack: { name: 'wme', arn: '', outputs: {}, resources: [] },
  now: () => 1_000,
  resources: {
    ...{ stackName: 'wme', partition: 'aws', region: 'eu-west-1', accountId: '123456789012' },
    ...{ stateMachineArn: 'arn', stateMachineName: 'wme-FirmwareUpgrade', jobIdPrefix: 'FirmwareUpgrade' },
    ...{ createJobFunction: 'f', executionsTable: 'executions', devicesTable: 'devices', inboxTable: 'inbox' },
    ...{ deadLetterQueueUrl: 'q1', ruleErrorsQueueUrl: 'q2' },
  },
};
