import type { EmbeddedAws } from '../local/embedded-aws';
import type { Recorder } from './recorder';

type Platform = Pick<EmbeddedAws, 'idle' | 'runningExecutions'>;

/** Resolves as soon as no workflow runs and nothing is under way: by what happens, not by looking again and again. */
const quiet = async (aws: Platform, recorder: Pick<Recorder, 'onChange'>): Promise<void> => {
  for (;;) {
    await aws.idle();
    if (aws.runningExecutions() === 0) return;
    await new Promise<void>((resolve) => {
      const stop = recorder.onChange(() => {
        stop();
        resolve();
      });
    });
  }
};

/** @returns whether the work ended within a time, in seconds */
export const within = async (seconds: number, work: Promise<unknown>): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), seconds * 1000);
  });
  try {
    return await Promise.race([work.then(() => true as const), late]);
  } finally {
    clearTimeout(timer);
  }
};

/** @returns whether everything was quiet within a time, in seconds */
export const quietWithin = (seconds: number, aws: Platform, recorder: Pick<Recorder, 'onChange'>): Promise<boolean> =>
  within(seconds, quiet(aws, recorder));
