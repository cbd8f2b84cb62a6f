import type { Log, LogFields } from '../../../../functions/shared/log';
import type { MessageInput } from '../../../../functions/shared/messages';
import type { Tasks } from '../../../../functions/workflow/tasks';

interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
}

/** A log that remembers what it was told; counts have their metric as level. */
export const fakeLog = (lines: LogLine[] = [], context: LogFields = {}): { log: Log; lines: LogLine[] } => {
  const write =
    (level: string) =>
    (message: string, fields: LogFields = {}) =>
      void lines.push({ level, message, fields: { ...context, ...fields } });
  const log: Log = {
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    count: (metric, message, fields) => write(metric)(message, fields),
    measure: (values, message, fields) => write('measure')(message, { ...fields, ...values }),
    with: (fields) => fakeLog(lines, { ...context, ...fields }).log,
  };
  return { log, lines };
};

/** A topic that remembers what was published. */
export const fakeTopic = () => {
  const published: MessageInput[] = [];
  return {
    published,
    publish: async (message: MessageInput) => {
      published.push(message);
    },
  };
};

interface Settlement {
  readonly token: string;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
}

/** Tasks that remember how they were settled, or were to be: a task is closed after the first time. */
export const fakeTasks = () => {
  const settled: Settlement[] = [];
  const settle = (one: Settlement): boolean => {
    const isOpen = settled.every(({ token }) => token !== one.token);
    settled.push(one);
    return isOpen;
  };
  const tasks: Tasks = {
    succeed: async (token, output) => settle({ token, output }),
    fail: async (token, error, cause) => settle({ token, error, cause }),
  };
  return { tasks, settled };
};

/** An SNS event with the given bodies. */
export const snsEvent = (...bodies: readonly unknown[]) => ({
  Records: bodies.map((body) => ({ Sns: { Message: typeof body === 'string' ? body : JSON.stringify(body) } })),
});
