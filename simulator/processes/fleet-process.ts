import { type Fleet, startFleet } from '../fleet';
import type { FromProcess, ThingEvent, ToProcess } from './protocol';

/** A process that simulates some of the devices of a fleet. */

const EVENTS_EVERY_MS = 50;

const tell = (message: FromProcess) => process.send?.(message);

let fleet: Fleet | undefined;
let events: ThingEvent[] = [];
const flush = () => {
  if (events.length > 0) tell({ type: 'events', events });
  events = [];
};
const timer = setInterval(flush, EVENTS_EVERY_MS);

const close = async (): Promise<void> => {
  clearInterval(timer);
  await fleet?.close();
  flush();
  if (process.connected) process.disconnect();
  process.exit(0);
};

const start = async ({ options }: Extract<ToProcess, { type: 'start' }>): Promise<void> => {
  const { faults, ...rest } = options;
  try {
    fleet = await startFleet({
      ...rest,
      faultOf: (thingName) => faults[thingName] ?? 'none',
      onEvent: (thingName, event) => void events.push([thingName, event]),
      onProgress: (connected) => tell({ type: 'progress', connected }),
    });
    flush();
    tell({ type: 'started' });
  } catch (error) {
    tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
};

process.on('message', (message: ToProcess) => void (message.type === 'start' ? start(message) : close()));
// The process that started this one decides: Ctrl-C reaches both.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => void close());
