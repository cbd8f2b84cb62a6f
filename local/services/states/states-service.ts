import type { AwsApi, Environment, Report, ServiceModule } from '../../core/api';
import type { Clock } from '../../core/clock';
import { createMemoryStore, type Store } from '../../store/store';
import { TaskTokens } from './asl/task-tokens';
import type { ExecutionStatusChange } from './execution';
import { createExecutions, type StateEntered } from './executions';
import { statesOperations } from './operations';
import { createStateMachines, type StateMachineInput } from './state-machines';

export type { StateEntered };

export interface StatesDeps {
  readonly clock: Clock;
  readonly api: AwsApi;
  readonly environment: Environment;
  readonly report: Report;
  readonly store?: Store;
  /** Called for every execution that starts or ends, as EventBridge is. */
  readonly onStatusChange?: (change: ExecutionStatusChange) => void;
}

export interface StatesService extends ServiceModule {
  /** @throws AwsError InvalidDefinition */
  createStateMachine(input: StateMachineInput): { readonly stateMachineArn: string };
  /** Transitions are counted as AWS bills them: every state entered. */
  stats(): { readonly executions: number; readonly running: number; readonly transitions: number };
  resetStats(): void;
  onStateEntered(listener: (entered: StateEntered) => void): () => void;
  /** Called for every execution that starts or ends, after EventBridge. */
  onExecutionChanged(listener: (change: ExecutionStatusChange) => void): () => void;
  /** Stops all executions and their timers. */
  close(): void;
}

/** Step Functions: state machines, executions, task tokens. */
export const createStatesService = ({
  environment,
  store = createMemoryStore(),
  ...deps
}: StatesDeps): StatesService => {
  const listeners = new Set<(entered: StateEntered) => void>();
  const changeListeners = new Set<(change: ExecutionStatusChange) => void>();
  let transitions = 0;
  const tokens = new TaskTokens();
  const machines = createStateMachines(environment);
  const executions = createExecutions({
    ...deps,
    ...{ store, tokens },
    onStatusChange: (change) => {
      deps.onStatusChange?.(change);
      for (const listener of changeListeners) listener(change);
    },
    onStateEntered: (entered) => {
      transitions += 1;
      for (const listener of listeners) listener(entered);
    },
  });
  return {
    service: 'states',
    operations: statesOperations(machines, executions, tokens),
    // SendTask* carry no ARN: AWS checks them against the state machines of the caller's policy.
    resourcesOf: (_operation, { stateMachineArn, executionArn }) => [
      String(executionArn ?? stateMachineArn ?? machines.all()[0]?.arn ?? '*'),
    ],
    createStateMachine: (input) => ({ stateMachineArn: machines.create(input).arn }),
    stats: () => ({
      executions: executions.all().length,
      running: executions.all().filter(({ status }) => status === 'RUNNING').length,
      transitions,
    }),
    resetStats: () => {
      transitions = 0;
    },
    onStateEntered: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onExecutionChanged: (listener) => {
      changeListeners.add(listener);
      return () => changeListeners.delete(listener);
    },
    close: () => {
      for (const { scope, timeout } of executions.all()) {
        scope.cancel();
        timeout?.cancel();
      }
    },
  };
};
