import type { Log } from '../../../functions/shared/log';
import type { DomainMessage } from '../../../functions/shared/messages';
import type { Tasks } from '../../../functions/workflow/tasks';

/** A log that remembers what it was told. */
export const fakeLog = () => {
  const lines: { level: string; message: string; fields: Readonly<Record<string, unknown>> }[] = [];
  const write =
    (level: string) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}) =>
      void lines.push({ level, message, fields });
  const log: Log = {
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    count: (metric, message, fields) => write(metric)(message, fields),
  };
  return { log, lines };
};

/** A topic that remembers what was published. */
export const fakeTopic = () => {
  const published: DomainMessage[] = [];
  return {
    published,
    publish: async (message: DomainMessage) => {
      published.push(message);
    },
  };
};

/** Tasks that remember how they were settled. */
export const fakeTasks = () => {
  const settled: unknown[] = [];
  const tasks: Tasks = {
    succeed: async (token, output) => void settled.push({ token, output }),
    fail: async (token, error, cause) => void settled.push({ token, error, cause }),
  };
  return { tasks, settled };
};

/** An SNS event with the given bodies. */
export const snsEvent = (...bodies: readonly unknown[]) => ({
  Records: bodies.map((body) => ({ Sns: { Message: typeof body === 'string' ? body : JSON.stringify(body) } })),
});
