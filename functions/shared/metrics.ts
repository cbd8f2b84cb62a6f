/** CloudWatch namespace of the application's own metrics; their one dimension is `Stack`. */
export const METRICS_NAMESPACE = 'FirmwareUpgrade';

/** What is counted: mostly input that could not be used. */
export const COUNTS = [
  'MalformedMessages',
  'UnexpectedMessages',
  'UnusableDeviceMessages',
  'SpoofedSenders',
  'UnexpectedAnswers',
  'UncorrelatedEvents',
  'UnusedMessages',
] as const;
export type CountMetric = (typeof COUNTS)[number];

/** Seconds from the request of the download to its answer, and from the first wait of the workflow to each step that the device reports. */
export const LATENCIES = ['DownloadStartSeconds', 'TransferSeconds', 'OperationSeconds', 'RebootSeconds'] as const;
export type LatencyMetric = (typeof LATENCIES)[number];

/** The number of devices that the jobs of the workflow wait for, measured on a schedule. */
export const GAUGES = ['DevicesQueued', 'DevicesInProgress'] as const;
export type GaugeMetric = (typeof GAUGES)[number];
