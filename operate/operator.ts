import type { OperateClients } from './clients';
import { describeStack, outputOf, type Stack } from './stack';

/** What of a deployed stack an operator looks at: names and ARNs, never typed by anyone. */
export interface Resources {
  readonly stackName: string;
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly stateMachineArn: string;
  /** Also the name of the job template, and in the document of every job of the stack. */
  readonly stateMachineName: string;
  /** Ids of the stack's jobs begin with this and a hyphen. */
  readonly jobIdPrefix: string;
  readonly createJobFunction: string;
  /** Key: thingName, jobId. */
  readonly executionsTable: string;
  /** Key: thingName, recordKey. */
  readonly devicesTable: string;
  /** Key: thingName, operationId. */
  readonly inboxTable: string;
  readonly deadLetterQueueUrl: string;
  readonly ruleErrorsQueueUrl: string;
}

/** An operator of one stack: what all functions in operate/ work with. */
export interface Operator {
  readonly clients: OperateClients;
  readonly stack: Stack;
  readonly resources: Resources;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const resourceOf = ({ name, resources }: Stack, wanted: string): string => {
  const found = resources.find(({ logicalId }) => logicalId === wanted);
  if (!found) throw new Error(`Stack ${name} has no resource ${wanted}: is it a stack of this template?`);
  return found.physicalId;
};

/** @throws Error that names the output or resource which the stack lacks */
export const resourcesIn = (stack: Stack): Resources => {
  const stateMachineArn = outputOf(stack, 'StateMachineArn');
  // arn:aws:states:us-east-1:000000000000:stateMachine:NAME
  const [, partition = '', , region = '', accountId = '', , stateMachineName = ''] = stateMachineArn.split(':');
  return {
    ...{ stackName: stack.name, partition, region, accountId, stateMachineArn, stateMachineName },
    jobIdPrefix: stateMachineName.slice(stack.name.length + 1),
    createJobFunction: outputOf(stack, 'CreateJobFunction'),
    executionsTable: resourceOf(stack, 'UpgradeExecutionsTable'),
    devicesTable: resourceOf(stack, 'DevicesTable'),
    inboxTable: resourceOf(stack, 'FirmwareUpgradeTaskTokensDB'),
    deadLetterQueueUrl: outputOf(stack, 'DeadLetterQueueUrl'),
    ruleErrorsQueueUrl: outputOf(stack, 'RuleErrorsQueueUrl'),
  };
};

/** Finds a deployed stack and what it consists of. @throws Error that names the stack and the fix */
export const openOperator = async (
  clients: OperateClients,
  stackName: string,
  now: () => number = Date.now,
): Promise<Operator> => {
  const stack = await describeStack(clients.cloudFormation, stackName);
  return { clients, stack, resources: resourcesIn(stack), now };
};

/** What was asked for does not exist. The message names it. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
}
