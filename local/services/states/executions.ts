import type { AwsApi, Report } from '../../core/api';
import { AwsError } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import type { Store } from '../../store/store';
import { checkedArn } from './arn';
import { History, type HistoryEvent } from './asl/history';
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
import { createExecutionStore, type ExecutionStore } from './execution-store';

export interface StateEntered {
  readonly executionArn: string;
  readonly stateName: string;
}

export interface ExecutionsDeps {
  readonly clock: Clock;
  readonly api: AwsApi;
  readonly report: Report;
  readonly store: Store;
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

/** AWS keeps an ended execution for 90 days; local mode keeps as many as these, the last ones. */
export const MAX_ENDED_EXECUTIONS = 500;

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

/** What an execution begins with, or what it was before a restart. */
type Beginning = Omit<Execution, 'scope' | 'history' | 'timeout'> & { readonly events: HistoryEvent[] };

/** Executions of state machines, running and ended. */
export const createExecutions = (deps: ExecutionsDeps): Executions => {
  const { clock, api, report, store, tokens, onStatusChange, onStateEntered } = deps;
  const executions = new Map<string, Execution>();
  const kept: ExecutionStore = createExecutionStore(store, (arn) => executions.get(arn));
  const ended = new Set<Execution>();

  const forgetOldest = () => {
    for (const execution of ended) {
      if (ended.size <= MAX_ENDED_EXECUTIONS) return;
      ended.delete(execution);
      executions.delete(execution.arn);
      kept.forgotten(execution);
    }
  };
  const end = (execution: Execution, status: Parameters<typeof endExecution>[1], result: ExecutionResult) => {
    if (!endExecution(execution, status, result, clock.now())) return;
    ended.add(execution);
    kept.changed(execution);
    forgetOldest();
    onStatusChange?.(statusChangeOf(execution));
  };

  const fail = (execution: Execution, error: unknown) => {
    if (error instanceof Cancelled) return;
    if (error instanceof StateError) return end(execution, 'FAILED', { error: error.error, cause: error.errorCause });
    report({ level: 'error', source: 'states', message: `${execution.arn}: ${String(error)}` });
    end(execution, 'FAILED', { error: 'States.Runtime', cause: String(error) });
  };

  /** Runs an execution from where it is. */
  const run = (execution: Execution, data: Json) => {
    const { machine, history, positions, scope, timeoutAt, arn: executionArn } = execution;
    if (timeoutAt !== undefined)
      execution.timeout = clock.setTimeout(
        () => end(execution, 'TIMED_OUT', { error: 'States.Timeout' }),
        timeoutAt - clock.now(),
      );
    interpret(
      {
        ...{ api, clock, tokens, machine, history, positions },
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

  const add = ({ events, ...beginning }: Beginning): Execution => {
    const cause = 'The execution reached the maximum number of history events (25000).';
    const history = new History({
      clock,
      events,
      onFull: () => end(execution, 'FAILED', { error: 'States.Runtime', cause }),
      onChanged: (eventId) => (eventId === undefined ? kept.changed(execution) : kept.recorded(execution, eventId)),
    });
    const execution: Execution = { ...beginning, history, scope: new Scope() };
    executions.set(execution.arn, execution);
    return execution;
  };

  for (const found of kept.found) {
    const execution = add(found);
    if (execution.status !== 'RUNNING') ended.add(execution);
    else store.onStart(() => run(execution, JSON.parse(execution.input) as Json));
  }

  return {
    start: (machine, arn, name, input, data) => {
      const limit = machine.definition['TimeoutSeconds'];
      const execution = add({
        ...{ arn, name, machine, input, startDate: new Date(clock.now()), positions: new Map(), events: [] },
        ...(typeof limit === 'number' && { timeoutAt: clock.now() + limit * 1000 }),
        status: 'RUNNING',
        result: {},
      });
      kept.changed(execution);
      const details = { input, roleArn: machine.roleArn };
      execution.history.add('ExecutionStarted', { executionStartedEventDetails: details });
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
