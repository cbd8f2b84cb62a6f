import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
/** V8 has it under this name since the flag is set. */
const collectGarbage = runInNewContext('gc') as () => void;

/** What one collection frees may hold what the next one frees. */
const COLLECTIONS = 3;

/** Bytes of this process in use after collections: what V8 counts, and what the operating system counts. */
export const usedMemory = async (): Promise<{ readonly heapBytes: number; readonly rssBytes: number }> => {
  for (let times = 0; times < COLLECTIONS; times += 1) {
    collectGarbage();
    await new Promise(setImmediate);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapBytes: heapUsed + external, rssBytes: rss };
};
