import type { Clock } from '../../../core/clock';
import { isObject, type Json } from './json';
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
  /** The parameters in a TaskScheduled event. */
  parametersOf(eventId: number): Json;
  /** The execution has come further without an event. */
  touch(): void;
}

interface HistoryOptions {
  readonly clock: Clock;
  /** Those of the execution before a restart. */
  readonly events: HistoryEvent[];
  readonly onFull: () => void;
  /** Called with the id of each new event, and without one for progress that has no event. */
  readonly onChanged: (eventId?: number) => void;
}

/** The history of one execution. */
export class History {
  readonly events: HistoryEvent[];

  constructor(private readonly options: HistoryOptions) {
    this.events = options.events;
  }

  /** Records an event and returns its id; ends the execution when the history is full. */
  add(type: string, details: Readonly<Record<string, unknown>>): number {
    const id = this.events.length + 1;
    const { clock, onFull, onChanged } = this.options;
    if (id > MAX_EVENTS) onFull();
    else {
      this.events.push({ id, previousEventId: id - 1, timestamp: new Date(clock.now()), type, ...details });
      onChanged(id);
    }
    return id;
  }

  /** The history for a part of the execution, which records nothing after it was cancelled. */
  within(scope: Scope): Recorder {
    return {
      add: (type, details) => {
        if (scope.cancelled) throw new Cancelled();
        return this.add(type, details);
      },
      parametersOf: (eventId) => {
        const details = this.events[eventId - 1]?.['taskScheduledEventDetails'] as Json | undefined;
        return JSON.parse(isObject(details) ? String(details['parameters']) : 'null') as Json;
      },
      touch: () => this.options.onChanged(),
    };
  }
}
