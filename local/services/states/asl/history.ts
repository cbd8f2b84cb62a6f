import type { Clock } from '../../../core/clock';
import { Cancelled, type Scope } from './scope';

/** An event in the shape of GetExecutionHistory. */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly timestamp: Date;
  readonly type: string;
  readonly [details: string]: unknown;
}

/** The hard limit: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MAX_EVENTS = 25_000;

/** Takes the events of a part of an execution. */
export interface Recorder {
  /** Records an event and returns its id. @throws Cancelled when the part is cancelled */
  add(type: string, details: Readonly<Record<string, unknown>>): number;
}

/** The history of one execution. */
export class History {
  readonly events: HistoryEvent[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly onFull: () => void,
  ) {}

  /** Records an event and returns its id; ends the execution when the history is full. */
  add(type: string, details: Readonly<Record<string, unknown>>): number {
    const id = this.events.length + 1;
    if (id > MAX_EVENTS) this.onFull();
    else this.events.push({ id, previousEventId: id - 1, timestamp: new Date(this.clock.now()), type, ...details });
    return id;
  }

  /** The history for a part of the execution, which records nothing after it was cancelled. */
  within(scope: Scope): Recorder {
    return {
      add: (type, details) => {
        if (scope.cancelled) throw new Cancelled();
        return this.add(type, details);
      },
    };
  }
}
