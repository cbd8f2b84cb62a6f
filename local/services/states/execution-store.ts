import type { Store } from '../../store/store';
import type { HistoryEvent } from './asl/history';
import type { Positions } from './asl/position';
import type { Machine } from './asl/state-run';
import type { Execution, ExecutionResult, Status } from './execution';

/** An execution without its history, as it is saved. */
interface SavedExecution {
  readonly arn: string;
  readonly name: string;
  /** The version of its state machine: an execution ends with the definition that it began with. */
  readonly machine: string;
  readonly input: string;
  readonly startDate: Date;
  readonly timeoutAt?: number | undefined;
  readonly status: Status;
  readonly stopDate?: Date | undefined;
  readonly result: ExecutionResult;
  readonly positions: Positions;
}

/** An execution as it was before a restart. */
export interface FoundExecution extends Omit<SavedExecution, 'machine'> {
  readonly machine: Machine;
  readonly events: HistoryEvent[];
}

export interface ExecutionStore {
  readonly found: readonly FoundExecution[];
  changed(execution: Execution): void;
  /** An event has been added to the history. */
  recorded(execution: Execution, eventId: number): void;
  /** The execution is not among the executions any more. */
  forgotten(execution: Execution): void;
}

const eventKey = (arn: string, eventId: number) => `${arn} ${eventId}`;

/** Keeps executions with their histories, and the definitions that they run. */
export const createExecutionStore = (store: Store, get: (arn: string) => Execution | undefined): ExecutionStore => {
  const machines = new Map<string, Machine>();
  const definitions = store.collection<Machine>('states-definitions', (version) => machines.get(version));
  for (const [version, machine] of definitions.saved) machines.set(version, machine);

  const executions = store.collection<SavedExecution>('states-executions', (arn) => {
    const execution = get(arn);
    if (!execution) return undefined;
    const { name, machine, input, startDate, timeoutAt, status, stopDate, result, positions } = execution;
    return { arn, name, machine: machine.version, input, startDate, timeoutAt, status, stopDate, result, positions };
  });
  const history = store.collection<HistoryEvent>('states-history', (key) => {
    const space = key.lastIndexOf(' ');
    return get(key.slice(0, space))?.history.events[Number(key.slice(space + 1)) - 1];
  });

  const eventsOf = new Map<string, HistoryEvent[]>();
  for (const [key, event] of history.saved) {
    const arn = key.slice(0, key.lastIndexOf(' '));
    const events = eventsOf.get(arn) ?? [];
    eventsOf.set(arn, events);
    events.push(event);
  }

  return {
    found: [...executions.saved.values()].flatMap((saved) => {
      const machine = machines.get(saved.machine);
      return machine ? [{ ...saved, machine, events: eventsOf.get(saved.arn) ?? [] }] : [];
    }),
    changed: ({ arn, machine }) => {
      if (!machines.has(machine.version)) {
        machines.set(machine.version, machine);
        definitions.changed(machine.version);
      }
      executions.changed(arn);
    },
    recorded: ({ arn }, eventId) => {
      history.changed(eventKey(arn, eventId));
      executions.changed(arn);
    },
    forgotten: ({ arn, history: { events } }) => {
      executions.changed(arn);
      for (const { id } of events) history.changed(eventKey(arn, id));
    },
  };
};
