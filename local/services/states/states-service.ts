import { randomUUID } from 'node:crypto';
import type { AwsApi, Environment, Report, ServiceModule } from '../../core/api';
import { AwsError } from '../../core/aws-error';
import type { Clock, Timer } from '../../core/clock';
import { History } from './asl/history';
import { interpret } from './asl/interpreter';
import { isObject, type Json } from './asl/json';
import { Cancelled, Scope } from './asl/scope';
import { StateError } from './asl/state-error';
import type { Machine } from './asl/state-run';
import { TaskTokens } from './asl/task-tokens';
import { validateDefinition } from './asl/validate-definition';

export interface StatesDeps {
  readonly clock: Clock;
  readonly api: AwsApi;
  readonly environment: Environment;
  readonly report: Report;
  /** Hears of every execution that starts or ends, as EventBridge does. */
  readonly onStatusChange?: (change: ExecutionStatusChange) => void;
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
export interface ExecutionStatusChange {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly status: Status;
  readonly startDate: number;
  readonly stopDate: number | null;
  readonly input: string;
  readonly output: string | null;
  readonly error: string | null;
  readonly cause: string | null;
}

type Status = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly machine: Machine;
  readonly input: string;
  readonly startDate: Date;
  readonly scope: Scope;
  readonly history: History;
  timeout?: Timer;
  status: Status;
  stopDate?: Date;
  output?: string;
  error?: string;
  cause?: string;
}

export interface StateEntered {
  readonly executionArn: string;
  readonly stateName: string;
}

export interface StatesService extends ServiceModule {
  createStateMachine(input: { name: string; definition: unknown; roleArn: string }): {
    readonly stateMachineArn: string;
  };
  /** Transitions are counted as AWS bills them: every state entered. */
  stats(): { readonly executions: number; readonly running: number; readonly transitions: number };
  resetStats(): void;
  onStateEntered(listener: (entered: StateEntered) => void): () => void;
  /** Stops all executions and their timers. */
  close(): void;
}

interface ExecutionInput {
  readonly executionArn?: string;
}

const DETAILS: Readonly<Partial<Record<Status, string>>> = {
  SUCCEEDED: 'executionSucceededEventDetails',
  FAILED: 'executionFailedEventDetails',
  TIMED_OUT: 'executionTimedOutEventDetails',
  ABORTED: 'executionAbortedEventDetails',
};
const EVENTS: Readonly<Partial<Record<Status, string>>> = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
};

const page = <T>(items: readonly T[], maxResults: number | undefined, nextToken: string | undefined) => {
  const start = nextToken === undefined ? 0 : Number(nextToken);
  const end = start + (maxResults || 100);
  return { items: items.slice(start, end), ...(end < items.length && { nextToken: String(end) }) };
};

/** Step Functions: state machines, executions, task tokens. */
export const createStatesService = ({ clock, api, environment, report, onStatusChange }: StatesDeps): StatesService => {
  const machines = new Map<string, Machine>();
  const executions = new Map<string, Execution>();
  const tokens = new TaskTokens();
  const listeners = new Set<(entered: StateEntered) => void>();
  let transitions = 0;
  const arn = (kind: string, name: string) =>
    `arn:aws:states:${environment.region}:${environment.accountId}:${kind}:${name}`;

  const machineOf = (stateMachineArn: string | undefined) => {
    const machine = machines.get(stateMachineArn ?? '');
    if (!machine) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
    return machine;
  };
  const executionOf = (executionArn: string | undefined) => {
    const execution = executions.get(executionArn ?? '');
    if (!execution) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
    return execution;
  };

  const tellStatus = ({ machine, arn: executionArn, startDate, stopDate, ...execution }: Execution) =>
    onStatusChange?.({
      executionArn,
      stateMachineArn: machine.arn,
      name: execution.name,
      status: execution.status,
      startDate: startDate.getTime(),
      stopDate: stopDate?.getTime() ?? null,
      input: execution.input,
      output: execution.output ?? null,
      error: execution.error ?? null,
      cause: execution.cause ?? null,
    });

  const end = (
    execution: Execution,
    status: Status,
    result: { output?: string; error?: string; cause?: string | undefined },
  ) => {
    if (execution.status !== 'RUNNING') return;
    execution.status = status;
    execution.stopDate = new Date(clock.now());
    Object.assign(execution, result);
    execution.history.add(EVENTS[status] ?? '', { [DETAILS[status] ?? '']: result });
    execution.scope.cancel();
    execution.timeout?.cancel();
    tellStatus(execution);
  };

  const start = (machine: Machine, name: string, inputText: string, input: Json): Execution => {
    const startDate = new Date(clock.now());
    const scope = new Scope();
    const executionArn = arn('execution', `${machine.name}:${name}`);
    const history = new History(clock, () =>
      end(execution, 'FAILED', {
        error: 'States.Runtime',
        cause: 'The execution reached the maximum number of history events (25000).',
      }),
    );
    const execution: Execution = {
      arn: executionArn,
      name,
      machine,
      input: inputText,
      startDate,
      scope,
      history,
      status: 'RUNNING',
    };
    executions.set(executionArn, execution);
    history.add('ExecutionStarted', { executionStartedEventDetails: { input: inputText, roleArn: machine.roleArn } });
    const limit = machine.definition['TimeoutSeconds'];
    if (typeof limit === 'number')
      execution.timeout = clock.setTimeout(
        () => end(execution, 'TIMED_OUT', { error: 'States.Timeout' }),
        limit * 1000,
      );
    tellStatus(execution);
    interpret(
      {
        api,
        clock,
        tokens,
        machine,
        history,
        context: {
          Execution: {
            Id: executionArn,
            Name: name,
            Input: input,
            StartTime: startDate.toISOString(),
            RoleArn: machine.roleArn,
            RedriveCount: 0,
          },
          StateMachine: { Id: machine.arn, Name: machine.name },
        },
        onStateEntered: (stateName) => {
          transitions += 1;
          for (const listener of listeners) listener({ executionArn, stateName });
        },
      },
      input,
      scope,
    ).then(
      (output) => end(execution, 'SUCCEEDED', { output: JSON.stringify(output) }),
      (error: unknown) => {
        if (error instanceof Cancelled) return;
        if (error instanceof StateError)
          return end(execution, 'FAILED', { error: error.error, cause: error.errorCause });
        report({ level: 'error', source: 'states', message: `${executionArn}: ${String(error)}` });
        end(execution, 'FAILED', { error: 'States.Runtime', cause: String(error) });
      },
    );
    return execution;
  };

  const summary = (execution: Execution) => ({
    executionArn: execution.arn,
    stateMachineArn: execution.machine.arn,
    name: execution.name,
    status: execution.status,
    startDate: execution.startDate,
    ...(execution.stopDate && { stopDate: execution.stopDate }),
  });

  return {
    service: 'states',
    operations: {
      StartExecution: (input: { stateMachineArn?: string; name?: string; input?: string }) => {
        const machine = machineOf(input.stateMachineArn);
        const { name = randomUUID(), input: text = '{}' } = input;
        if (!/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/]{1,80}$/.test(name))
          throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
        let data: Json;
        try {
          data = JSON.parse(text) as Json;
        } catch {
          throw new AwsError(
            'InvalidExecutionInput',
            `Invalid State Machine Execution Input: '${text.slice(0, 200)}' is not JSON`,
          );
        }
        const existing = executions.get(arn('execution', `${machine.name}:${name}`));
        if (existing && !(existing.status === 'RUNNING' && existing.input === text))
          throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${existing.arn}'`);
        const execution = existing ?? start(machine, name, text, data);
        return { executionArn: execution.arn, startDate: execution.startDate };
      },
      StopExecution: ({ executionArn, error, cause }: ExecutionInput & { error?: string; cause?: string }) => {
        const execution = executionOf(executionArn);
        end(execution, 'ABORTED', { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) });
        return { stopDate: execution.stopDate };
      },
      DescribeExecution: ({ executionArn }: ExecutionInput) => {
        const execution = executionOf(executionArn);
        const { input, output, error, cause } = execution;
        return { ...summary(execution), input, output, error, cause };
      },
      ListExecutions: (input: {
        stateMachineArn?: string;
        statusFilter?: string;
        maxResults?: number;
        nextToken?: string;
      }) => {
        const machine = machineOf(input.stateMachineArn);
        const found = [...executions.values()]
          .filter((execution) => execution.machine === machine)
          .filter(({ status }) => input.statusFilter === undefined || status === input.statusFilter)
          .reverse();
        const { items, nextToken } = page(found, input.maxResults, input.nextToken);
        return { executions: items.map(summary), nextToken };
      },
      GetExecutionHistory: (
        input: ExecutionInput & { reverseOrder?: boolean; maxResults?: number; nextToken?: string },
      ) => {
        const { events } = executionOf(input.executionArn).history;
        const { items, nextToken } = page(
          input.reverseOrder ? [...events].reverse() : events,
          input.maxResults,
          input.nextToken,
        );
        return { events: items, nextToken };
      },
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
      DescribeStateMachine: ({ stateMachineArn }: { stateMachineArn?: string }) => {
        const { arn: machineArn, name, roleArn, definition } = machineOf(stateMachineArn);
        return {
          stateMachineArn: machineArn,
          name,
          roleArn,
          definition: JSON.stringify(definition),
          status: 'ACTIVE',
          type: 'STANDARD',
        };
      },
      ListStateMachines: () => ({
        stateMachines: [...machines.values()].map(({ arn: stateMachineArn, name }) => ({
          stateMachineArn,
          name,
          type: 'STANDARD',
        })),
      }),
    },
    // SendTask* carry no ARN: AWS checks them against the state machines of the caller's policy.
    resourcesOf: (_operation, { stateMachineArn, executionArn }) => [
      String(executionArn ?? stateMachineArn ?? [...machines.keys()][0] ?? '*'),
    ],
    createStateMachine: ({ name, definition, roleArn }) => {
      if (!isObject(definition))
        throw new AwsError('InvalidDefinition', `The definition of ${name} is not a JSON object.`);
      validateDefinition(definition);
      const stateMachineArn = arn('stateMachine', name);
      machines.set(stateMachineArn, { name, arn: stateMachineArn, roleArn, definition });
      return { stateMachineArn };
    },
    stats: () => ({
      executions: executions.size,
      running: [...executions.values()].filter(({ status }) => status === 'RUNNING').length,
      transitions,
    }),
    resetStats: () => {
      transitions = 0;
    },
    onStateEntered: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      for (const { scope } of executions.values()) scope.cancel();
    },
  };
};
