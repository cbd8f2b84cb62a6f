/** Structured logs: one JSON object per line, which CloudWatch Logs Insights can query. */
export type LogFields = Readonly<Record<string, unknown>>;

const describe = (value: unknown): unknown =>
  value instanceof Error
    ? { name: value.name, message: value.message, ...(value.cause !== undefined && { cause: describe(value.cause) }) }
    : value;

const line = (level: string, message: string, fields: LogFields) =>
  JSON.stringify({
    level,
    message,
    ...Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, describe(value)])),
  });

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /**
   * Counts something as a CloudWatch metric (embedded metric format), with the fields for the reader of the log.
   * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
   */
  count(metric: string, message: string, fields?: LogFields): void;
}

const NAMESPACE = 'FirmwareUpgrade';

export const log: Log = {
  info: (message, fields = {}) => console.log(line('INFO', message, fields)),
  warn: (message, fields = {}) => console.warn(line('WARN', message, fields)),
  error: (message, fields = {}) => console.error(line('ERROR', message, fields)),
  count: (metric, message, fields = {}) =>
    console.log(
      line('WARN', message, {
        ...fields,
        [metric]: 1,
        _aws: {
          Timestamp: Date.now(),
          CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: [[]], Metrics: [{ Name: metric, Unit: 'Count' }] }],
        },
      }),
    ),
};
