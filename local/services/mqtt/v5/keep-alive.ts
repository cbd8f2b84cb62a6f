import type { Clock, Timer } from '../../../core/clock';

/** Watches that a client is alive. */
export interface KeepAlive {
  heard(): void;
  stop(): void;
}

/** @param onSilence called when nothing has arrived for 1.5 times the keep-alive time (MQTT 5, 3.1.2.10) */
export const watchKeepAlive = (clock: Clock, keepAliveSeconds: number, onSilence: () => void): KeepAlive => {
  const limit = keepAliveSeconds * 1500;
  let last = clock.now();
  let timer: Timer;
  // One timer that is late, rather than a new one for each packet.
  const watch = (milliseconds: number) => {
    timer = clock.setTimeout(() => {
      const left = last + limit - clock.now();
      if (left > 0) watch(left);
      else onSilence();
    }, milliseconds);
  };
  watch(limit);
  return { heard: () => (last = clock.now()), stop: () => timer.cancel() };
};
