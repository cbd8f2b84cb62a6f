import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FleetOptions } from '../fleet';
import type { FromProcess, ShardOptions, ThingEvent, ToProcess } from './protocol';

/** A process that dies again and again is started again after pauses. */
const RESTART_AFTER_MS = 1000;
const PROGRAM = join(__dirname, 'fleet-process.ts');
/** The simulator is TypeScript: its processes are loaded like this one, also when tests start them. */
const LOADER = ['--import', pathToFileURL(require.resolve('tsx')).href];

/** A part of a fleet in a process of its own. */
export interface Shard {
  readonly started: Promise<void>;
  readonly processId: () => number | undefined;
  close(): Promise<void>;
}

export interface ShardObserver extends Pick<FleetOptions, 'onEvent'> {
  readonly onConnected: (connected: number) => void;
  /** The process has died, or cannot start its devices again. */
  readonly onLost: (reason: string) => void;
}

const start = (): ChildProcess =>
  fork(PROGRAM, [], {
    execArgv: LOADER,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  });

/** One process with a part of the devices, started again when it dies: then they run what they ran. */
export const startShard = (options: ShardOptions, { onEvent, onConnected, onLost }: ShardObserver): Shard => {
  const versions = new Map<string, string>();
  let child: ChildProcess | undefined;
  let isClosed = false;
  let restart: NodeJS.Timeout | undefined;
  let ended: Promise<void> = Promise.resolve();

  const take = ([thingName, event]: ThingEvent) => {
    if ('version' in event && event.kind === 'upgraded') versions.set(thingName, event.version);
    onEvent?.(thingName, event);
  };
  const current = (): ShardOptions => ({
    ...options,
    things: options.things.map((thing) => {
      const firmwareVersion = versions.get(thing.thingName) ?? thing.firmwareVersion;
      return { ...thing, ...(firmwareVersion !== undefined && { firmwareVersion }) };
    }),
  });

  const started = new Promise<void>((resolve, reject) => {
    let isStarted = false;
    /** At first what goes wrong is the caller's; later the broker may be away, so the devices try again, however often it takes. */
    const run = () => {
      const running = start();
      child = running;
      let problem: string | undefined;
      running.on('message', (message: FromProcess) => {
        switch (message.type) {
          case 'events':
            return message.events.forEach(take);
          case 'progress':
            return onConnected(message.connected);
          case 'started':
            isStarted = true;
            return resolve();
          case 'failed':
            if (!isStarted) return reject(new Error(message.message));
            problem = `cannot start: ${message.message}`;
            return void running.kill('SIGKILL');
        }
      });
      // A message to a process that is just dying, or a process that cannot be made; its end follows.
      running.on('error', (error) => (problem ??= `has failed: ${error.message}`));
      ended = new Promise((done) => {
        running.on('exit', (code, signal) => {
          done();
          if (isClosed) return;
          const reason = `a process with ${options.things.length} devices ${problem ?? `has ended: ${signal ?? `code ${code}`}`}`;
          if (!isStarted) return reject(new Error(`The fleet cannot start: ${reason}.`));
          onConnected(0);
          onLost(reason);
          restart = setTimeout(run, RESTART_AFTER_MS);
        });
      });
      running.send({ type: 'start', options: current() } satisfies ToProcess);
    };
    run();
  });

  return {
    started,
    processId: () => child?.pid,
    close: async () => {
      isClosed = true;
      clearTimeout(restart);
      if (child?.connected) child.send({ type: 'close' } satisfies ToProcess);
      await ended;
    },
  };
};
