import { randomUUID } from 'node:crypto';
import type { OperationHandler } from '../../core/api';
import { AwsError } from '../../core/aws-error';
import type { Json } from './asl/json';
import { isTooLarge, MAX_PAYLOAD_BYTES } from './asl/payload';
import type { TaskTokens } from './asl/task-tokens';
import { summaryOf } from './execution';
import type { Executions } from './executions';
import type { StateMachines } from './state-machines';

/** Characters and length that StartExecution takes in a name. */
const EXECUTION_NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/]{1,80}$/;

interface ExecutionInput {
  readonly executionArn?: string;
}

interface Paging {
  readonly maxResults?: number;
  readonly nextToken?: string;
}

const page = <T>(items: readonly T[], { maxResults, nextToken }: Paging) => {
  const start = nextToken === undefined ? 0 : Number(nextToken);
  const end = start + (maxResults || 100);
  return { items: items.slice(start, end), ...(end < items.length && { nextToken: String(end) }) };
};

const parseInput = (text: string): Json => {
  const invalid = (problem: string) =>
    new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: ${problem}`);
  if (isTooLarge(text)) throw invalid(`it is larger than ${MAX_PAYLOAD_BYTES} bytes`);
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw invalid(`'${text.slice(0, 200)}' is not JSON`);
  }
};

type Operations = Readonly<Record<string, OperationHandler>>;

const executionOperations = (machines: StateMachines, executions: Executions): Operations => ({
  StartExecution: (input: { stateMachineArn?: string; name?: string; input?: string }) => {
    const machine = machines.find(input.stateMachineArn);
    const { name = randomUUID(), input: text = '{}' } = input;
    if (!EXECUTION_NAME.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
    const data = parseInput(text);
    const arn = machines.executionArn(machine, name);
    const existing = executions.get(arn);
    if (existing && !(existing.status === 'RUNNING' && existing.input === text))
      throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${existing.arn}'`);
    const execution = existing ?? executions.start(machine, arn, name, text, data);
    return { executionArn: execution.arn, startDate: execution.startDate };
  },
  StopExecution: ({ executionArn, error, cause }: ExecutionInput & { error?: string; cause?: string }) => {
    const execution = executions.find(executionArn);
    executions.abort(execution, { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) });
    return { stopDate: execution.stopDate };
  },
  DescribeExecution: ({ executionArn }: ExecutionInput) => {
    const execution = executions.find(executionArn);
    return { ...summaryOf(execution), input: execution.input, ...execution.result };
  },
  ListExecutions: (input: Paging & { stateMachineArn?: string; statusFilter?: string }) => {
    const machine = machines.find(input.stateMachineArn);
    const found = executions
      .all()
      .filter((execution) => execution.machine.arn === machine.arn)
      .filter(({ status }) => input.statusFilter === undefined || status === input.statusFilter)
      .reverse();
    const { items, nextToken } = page(found, input);
    return { executions: items.map(summaryOf), nextToken };
  },
  GetExecutionHistory: (input: ExecutionInput & Paging & { reverseOrder?: boolean }) => {
    const { events } = executions.find(input.executionArn).history;
    const { items, nextToken } = page(input.reverseOrder ? [...events].reverse() : events, input);
    return { events: items, nextToken };
  },
});

const taskOperations = (tokens: TaskTokens): Operations => ({
  SendTaskSuccess: ({ taskToken, output }: { taskToken?: string; output?: string }) => {
    tokens.succeed(taskToken, output);
    return {};
  },
  SendTaskFailure: ({ taskToken, error, cause }: { taskToken?: string; error?: string; cause?: string }) => {
    tokens.fail(taskToken, error, cause);
    return {};
  },
  SendTaskHeartbeat: ({ taskToken }: { taskToken?: string }) => {
    tokens.heartbeat(taskToken);
    return {};
  },
});

const machineOperations = (machines: StateMachines): Operations => ({
  DescribeStateMachine: ({ stateMachineArn }: { stateMachineArn?: string }) => {
    const { arn, name, roleArn, definition } = machines.find(stateMachineArn);
    return {
      stateMachineArn: arn,
      name,
      roleArn,
      definition: JSON.stringify(definition),
      status: 'ACTIVE',
      type: 'STANDARD',
    };
  },
  ListStateMachines: () => ({
    stateMachines: machines.all().map(({ arn, name }) => ({ stateMachineArn: arn, name, type: 'STANDARD' })),
  }),
});

/** The operations of the Step Functions API: https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html */
export const statesOperations = (machines: StateMachines, executions: Executions, tokens: TaskTokens): Operations => ({
  ...executionOperations(machines, executions),
  ...taskOperations(tokens),
  ...machineOperations(machines),
});
