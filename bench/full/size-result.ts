import * as v from 'valibot';

const percentiles = v.object({ p50: v.number(), p95: v.number(), p99: v.number() });

/** What is measured of one fleet. */
export const sizeSchema = v.object({
  devices: v.number(),
  /** From the start of the embedded AWS to the end of the last upgrade, and the upgrades alone. */
  wallSeconds: v.number(),
  upgradeSeconds: v.number(),
  /** Milliseconds per upgrade. Parts are known on Linux only, and the simulator's if it has processes of its own. */
  cpu: v.object({
    everything: v.number(),
    /** The embedded AWS: its main thread. */
    main: v.optional(v.number()),
    handlers: v.optional(v.number()),
    /** Of the same process: garbage collection, compiler, file system. */
    otherThreads: v.optional(v.number()),
    simulator: v.optional(v.number()),
  }),
  /** The sum over all processes of the most memory that each has used. */
  peakBytes: v.number(),
  /** Of the processes that simulate devices. */
  simulatorPeakBytes: v.optional(v.number()),
  /** Milliseconds. */
  latencies: v.object({
    /** From a device's event at the broker to the state that the workflow enters because of it. */
    eventToTransition: percentiles,
    /** From the creation of the job, and from that of the device's job execution, to the state in which it downloads. */
    jobToDownload: percentiles,
    queuedToDownload: percentiles,
  }),
  /** Per upgrade. */
  counts: v.record(v.string(), v.number()),
});
export type SizeResult = v.InferOutput<typeof sizeSchema>;

/** The content of bench/results/scale.json. */
export const scaleSchema = v.object({
  machine: v.object({ cpu: v.string(), cores: v.number(), memoryBytes: v.number(), node: v.string() }),
  sizes: v.array(sizeSchema),
});
export type Scale = v.InferOutput<typeof scaleSchema>;
