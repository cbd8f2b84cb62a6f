import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DrivenClock, drivenClock } from '../../local/core/clock';
import { createDurableStore } from '../../local/store/durable-store';
import type { Store } from '../../local/store/store';

/** One process of several that follow one another with the same data. */
export interface Life {
  readonly store: Store;
  readonly clock: DrivenClock;
}

/**
 * Processes that are killed, within the process of a test. What one of them leaves in memory is never looked at again; its
 * clock stands still.
 */
export const lives = () => {
  const directory = mkdtempSync(join(tmpdir(), 'lives-'));
  let now: number | undefined;
  let clock = drivenClock();
  return {
    directory,
    /** Begins the next one. @param downtime milliseconds since the end of the one before */
    begin: (downtime = 0): Life => {
      clock = drivenClock(now === undefined ? undefined : clock.now() + downtime);
      now = clock.now();
      return { clock, store: createDurableStore(directory) };
    },
    remove: () => rmSync(directory, { recursive: true }),
  };
};
