import type { AwsApi, Report } from '../../core/api';
import { AwsError } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import { checkedArn } from './arn';
import { History } from './asl/history';
import { interpret } from './asl/interpreter';
import type { Json } from './asl/json';
import { Cancelled, Scope } from './asl/scope';
import { StateError } from './asl/state-error';
import type { Machine } from './asl/state-run';
import type { TaskTokens } from './asl/task-tokens';
import {
  endExecution,
  type Execution,
  type ExecutionResult,
  type ExecutionStatusChange,
  statusChangeOf,
} from './execution';

export interface StateEntered {
  readonly executionArn: string;
  readonly stateName: string;
}

export interface ExecutionsDeps {
  readonly clock: Clock;
  readonly api: AwsApi;
  readonly report: Report;
  readonly tokens: TaskTokens;
  /** Called for every execution that starts or ends, as EventBridge is. */
  readonly onStatusChange?: (change: ExecutionStatusChange) => void;
  readonly onStateEntered: (entered: StateEntered) => void;
}

export interface Executions {
  start(machine: Machine, arn: string, name: string, input: string, data: Json): Execution;
  abort(execution: Execution, result: ExecutionResult): void;
  get(arn: string): Execution | undefined;
  /** @throws AwsError InvalidArn, ExecutionDoesNotExist */
  find(arn: string | undefined): Execution;
  /** In the order in which they started. */
  all(): readonly Execution[];
}

/** The parts of the context object that do not change during an execution. */
const contextOf = (execution: Execution, input: Json) => ({
  Execution: {
    Id: execution.arn,
    Name: execution.name,
    Input: input,
    StartTime: execution.startDate.toISOString(),
    RoleArn: execution.machine.roleArn,
    RedriveCount: 0,
  },
  StateMachine: { Id: execution.machine.arn, Name: execution.machine.name },
});

/** Executions of state machines, running and ended. */
export const createExecutions = (deps: ExecutionsDeps): Executions => {
  const { clock, api, report, tokens, onStatusChange, onStateEntered } = deps;
  const executions = new Map<string, Execution>();

  const end = (execution: Execution, status: Parameters<typeof endExecution>[1], result: ExecutionResult) => {
    if (endExecution(execution, status, result, clock.now())) onStatusChange?.(statusChangeOf(execution));
  };

  const fail = (execution: Execution, error: unknown) => {
    if (error instanceof Cancelled) return;
    if (error instanceof StateError) return end(execution, 'FAILED', { error: error.error, cause: error.errorCause });
    report({ level: 'error', source: 'states', message: `${execution.arn}: ${String(error)}` });
    end(execution, 'FAILED', { error: 'States.Runtime', cause: String(error) });
  };

  const run = (execution: Execution, data: Json) => {
    const { machine, history, scope, arn: executionArn } = execution;
    interpret(
      {
        ...{ api, clock, tokens, machine, history },
        context: contextOf(execution, data),
        onStateEntered: (stateName) => onStateEntered({ executionArn, stateName }),
      },
      data,
      scope,
    ).then(
      (output) => end(execution, 'SUCCEEDED', { output: JSON.stringify(output) }),
      (error: unknown) => fail(execution, error),
    );
  };

  return {
    start: (machine, arn, name, input, data) => {
      const cause = 'The execution reached the maximum number of history events (25000).';
      const history = new History(clock, () => end(execution, 'FAILED', { error: 'States.Runtime', cause }));
      const startDate = new Date(clock.now());
      const execution: Execution = {
        ...{ arn, name, machine, input, startDate, history },
        scope: new Scope(),
        status: 'RUNNING',
        result: {},
      };
      executions.set(arn, execution);
      history.add('ExecutionStarted', { executionStartedEventDetails: { input, roleArn: machine.roleArn } });
      const limit = machine.definition['TimeoutSeconds'];
      if (typeof limit === 'number')
        execution.timeout = clock.setTimeout(
          () => end(execution, 'TIMED_OUT', { error: 'States.Timeout' }),
          limit * 1000,
        );
      onStatusChange?.(statusChangeOf(execution));
      run(execution, data);
      return execution;
    },
    abort: (execution, result) => end(execution, 'ABORTED', result),
    get: (arn) => executions.get(arn),
    find: (arn) => {
      const execution = executions.get(checkedArn(arn, 'execution'));
      if (!execution) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
      return execution;
    },
    all: () => [...executions.values()],
  };
};
