import {
  type CountMetric,
  COUNTS,
  type GaugeMetric,
  LATENCIES,
  type LatencyMetric,
  METRICS_NAMESPACE,
} from './metrics';

/** Structured logs: one JSON object per line, which CloudWatch Logs Insights can query. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** Counts an event that an operator should look at. */
  count(metric: CountMetric, message: string, fields?: LogFields): void;
  /** Records values of metrics: seconds of a step, numbers of devices. */
  measure(
    values: Readonly<Partial<Record<LatencyMetric | GaugeMetric, number>>>,
    message: string,
    fields?: LogFields,
  ): void;
  /** The same log with fields in every line. */
  with(fields: LogFields): Log;
}

const describe = (value: unknown): unknown =>
  value instanceof Error
    ? { name: value.name, message: value.message, ...(value.cause !== undefined && { cause: describe(value.cause) }) }
    : value;

const isCount = (name: string) => COUNTS.some((count) => count === name);
const isLatency = (name: string) => LATENCIES.some((latency) => latency === name);
const unitOf = (name: string) => (isLatency(name) ? 'Seconds' : 'Count');

/**
 * Metrics in the embedded metric format: CloudWatch reads them out of the log line.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
const embedded = (stack: string, values: Readonly<Record<string, number>>) => ({
  ...values,
  Stack: stack,
  _aws: {
    Timestamp: Date.now(),
    CloudWatchMetrics: [
      {
        Namespace: METRICS_NAMESPACE,
        Dimensions: [['Stack']],
        Metrics: Object.keys(values).map((Name) => ({ Name, Unit: unitOf(Name) })),
      },
    ],
  },
});

/** @param stack the value of the metrics' dimension, so that two stacks of an account do not mix */
export const createLog = (stack: string, context: LogFields = {}): Log => {
  const line = (level: string, message: string, fields: LogFields) =>
    JSON.stringify({
      level,
      message,
      ...Object.fromEntries(Object.entries({ ...context, ...fields }).map(([key, value]) => [key, describe(value)])),
    });
  const metrics = (values: Readonly<Record<string, number>>, message: string, fields: LogFields) =>
    console.log(
      line(Object.keys(values).some(isCount) ? 'WARN' : 'INFO', message, { ...fields, ...embedded(stack, values) }),
    );
  return {
    info: (message, fields = {}) => console.log(line('INFO', message, fields)),
    warn: (message, fields = {}) => console.warn(line('WARN', message, fields)),
    error: (message, fields = {}) => console.error(line('ERROR', message, fields)),
    count: (metric, message, fields = {}) => metrics({ [metric]: 1 }, message, fields),
    measure: (values, message, fields = {}) => metrics({ ...values }, message, fields),
    with: (fields) => createLog(stack, { ...context, ...fields }),
  };
};
