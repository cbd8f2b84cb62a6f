import { decodeMsg, decodeRecord, UspCodecError } from '../../proto/codec';
import { thingOfResponseTopic } from '../../proto/topics';
import type { EmbeddedAws } from '../../local/embedded-aws';
import { percentile } from '../statistics';

type EventKind = 'downloaded' | 'booted';

/** What a device reports, and the state that its workflow enters because of it, by the names of the state machine. */
export const STATE_AFTER: Readonly<Record<EventKind, string>> = {
  // The later of TransferComplete! and OperationComplete ends WaitForDeviceMessages.
  downloaded: 'IsActivationScheduled?',
  booted: 'IsFirmwareUpdateCompleted',
};
/** The state in which a device downloads. */
export const DOWNLOADING = 'WaitForDeviceMessages';

/** What a message of an agent reports; undefined for answers, connect records and what is not USP. */
export const eventIn = (payload: Uint8Array): EventKind | undefined => {
  try {
    const content = decodeRecord(payload).noSessionContext?.payload;
    const notify = content && decodeMsg(content).body?.request?.notify;
    if (notify?.event?.eventName === 'Boot!') return 'booted';
    return notify?.operComplete || notify?.event?.eventName === 'TransferComplete!' ? 'downloaded' : undefined;
  } catch (error) {
    if (error instanceof UspCodecError) return undefined;
    throw error;
  }
};

const thingIn = (executionInput: string): string | undefined => {
  const input: unknown = JSON.parse(executionInput);
  const name = typeof input === 'object' && input !== null && 'thingName' in input ? input.thingName : undefined;
  return typeof name === 'string' ? name : undefined;
};

/** When something happened to a device, in milliseconds since any beginning. */
interface Moments {
  queued?: number;
  downloaded?: number;
  booted?: number;
}

type Samples = Readonly<Record<'eventToTransition' | 'jobToDownload' | 'queuedToDownload', number[]>>;

/** @throws Error when a state that is measured was not entered */
const percentilesOf = (samples: Samples) => {
  const of = (name: keyof Samples) => {
    const values = samples[name];
    if (values.length === 0)
      throw new Error(`${name} was not measured: are the states of latencies.ts those of the ASL?`);
    return { p50: percentile(values, 0.5), p95: percentile(values, 0.95), p99: percentile(values, 0.99) };
  };
  return {
    eventToTransition: of('eventToTransition'),
    jobToDownload: of('jobToDownload'),
    queuedToDownload: of('queuedToDownload'),
  };
};

/** Measures one job from now on. The result has milliseconds. */
export const followLatencies = (
  aws: Pick<EmbeddedAws, 'onMessage' | 'onStateEntered' | 'onExecutionChanged' | 'onJobExecutionChanged'>,
  now: () => number = () => performance.now(),
) => {
  const devices = new Map<string, Moments>();
  const thingOf = new Map<string, string>();
  const samples: Samples = { eventToTransition: [], jobToDownload: [], queuedToDownload: [] };
  let jobBegan: number | undefined;
  const momentsOf = (thingName: string): Moments => {
    const moments = devices.get(thingName) ?? {};
    devices.set(thingName, moments);
    return moments;
  };
  aws.onJobExecutionChanged(({ thingName, status }) => {
    if (status !== 'QUEUED') return;
    jobBegan ??= now();
    momentsOf(thingName).queued = now();
  });
  aws.onExecutionChanged(({ executionArn, status, input }) => {
    if (status !== 'RUNNING') return void thingOf.delete(executionArn);
    const thingName = thingIn(input);
    if (thingName !== undefined) thingOf.set(executionArn, thingName);
  });
  aws.onMessage(({ topic, payload }) => {
    const thingName = thingOfResponseTopic(topic);
    const kind = thingName === undefined ? undefined : eventIn(payload);
    if (thingName !== undefined && kind) momentsOf(thingName)[kind] = now();
  });
  aws.onStateEntered(({ executionArn, stateName }) => {
    const { queued, downloaded, booted } = momentsOf(thingOf.get(executionArn) ?? '');
    const since = (name: keyof Samples, moment: number | undefined) => {
      if (moment !== undefined) samples[name].push(now() - moment);
    };
    if (stateName === DOWNLOADING) {
      since('jobToDownload', jobBegan);
      since('queuedToDownload', queued);
    }
    if (stateName === STATE_AFTER.downloaded) since('eventToTransition', downloaded);
    if (stateName === STATE_AFTER.booted) since('eventToTransition', booted);
  });
  return { percentiles: () => percentilesOf(samples) };
};
