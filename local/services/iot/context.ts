import type { Report } from '../../core/api';
import type { Backlog } from '../../core/backlog';
import type { Clock } from '../../core/clock';
import type { MessageBus } from '../../core/mqtt';
import type { Store } from '../../store/store';
import type { Arns } from './arns';

/** What every part of the IoT service needs from outside. */
export interface IotContext {
  readonly clock: Clock;
  readonly bus: MessageBus;
  readonly arns: Arns;
  readonly report: Report;
  readonly store: Store;
  /** Of functions, state machines and rules. */
  readonly backlog: Backlog;
}
