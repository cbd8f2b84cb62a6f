import { DOWNLOADING, eventIn, followLatencies, STATE_AFTER } from '../../../bench/full/latencies';
import { noSessionRecord } from '../../../proto/codec';
import { responseTopic } from '../../../proto/topics';
import type { EmbeddedAws } from '../../../local/embedded-aws';
import { firmwareUpgradeDefinition } from '../../support/workflow';

const notifies = (content: object) =>
  Buffer.from(
    noSessionRecord({
      ...{ toId: 'self::c', fromId: 'self::d' },
      msg: { header: { msgId: '1', msgType: 'NOTIFY' }, body: { request: { notify: content } } },
    }),
  );
const TRANSFERRED = notifies({ event: { objPath: 'Device.', eventName: 'TransferComplete!', params: {} } });
const COMPLETED = notifies({ operComplete: { commandName: 'Download()' } });
const BOOTED = notifies({ event: { objPath: 'Device.', eventName: 'Boot!', params: {} } });

test.each([
  ['the end of a transfer', TRANSFERRED, 'downloaded'],
  ['the end of the operation', COMPLETED, 'downloaded'],
  ['a boot', BOOTED, 'booted'],
  ['another event', notifies({ event: { objPath: 'Device.', eventName: 'Periodic!', params: {} } }), undefined],
  ['what is not USP', Buffer.from('{"hello":1}'), undefined],
])('%s is recognized', (_, payload, expected) => expect(eventIn(payload)).toBe(expected));

/** What the embedded AWS would tell, and a clock. */
const world = () => {
  type Told<Name extends keyof EmbeddedAws> = EmbeddedAws[Name] extends (listener: infer Listener) => () => void
    ? Listener
    : never;
  let now = 0;
  const listeners: {
    message?: Told<'onMessage'>;
    state?: Told<'onStateEntered'>;
    execution?: Told<'onExecutionChanged'>;
    job?: Told<'onJobExecutionChanged'>;
  } = {};
  const stop = () => undefined;
  const { percentiles } = followLatencies(
    {
      onMessage: (listener) => ((listeners.message = listener), stop),
      onStateEntered: (listener) => ((listeners.state = listener), stop),
      onExecutionChanged: (listener) => ((listeners.execution = listener), stop),
      onJobExecutionChanged: (listener) => ((listeners.job = listener), stop),
    },
    () => now,
  );
  const arnOf = (thingName: string) => `arn:${thingName}`;
  return {
    percentiles,
    at: (time: number) => (now = time),
    queued: (thingName: string) =>
      listeners.job?.({
        ...{ jobId: 'j', thingName, executionNumber: 1, versionNumber: 1, status: 'QUEUED' },
        ...{ statusDetails: {}, at: now },
      }),
    started: (thingName: string) =>
      listeners.execution?.({
        ...{ executionArn: arnOf(thingName), stateMachineArn: 'arn:m', name: 'n', status: 'RUNNING', startDate: now },
        ...{ stopDate: null, input: JSON.stringify({ thingName }), output: null, error: null, cause: null },
      }),
    sends: (thingName: string, payload: Buffer) =>
      listeners.message?.({ topic: responseTopic('self::c', thingName), payload, clientId: thingName }),
    enters: (thingName: string, stateName: string) => listeners.state?.({ executionArn: arnOf(thingName), stateName }),
  };
};

describe('latencies', () => {
  test('the states that are measured are those of the state machine', () => {
    const text = JSON.stringify(firmwareUpgradeDefinition());
    for (const name of [...Object.values(STATE_AFTER), DOWNLOADING]) expect(text).toContain(`"${name}":`);
  });

  test('from a job to the download count from its first job execution, and from that of the device', () => {
    const w = world();
    w.queued('a');
    w.started('a');
    w.at(100);
    w.queued('b');
    w.started('b');
    w.at(150);
    w.enters('a', DOWNLOADING);
    w.enters('b', DOWNLOADING);
    w.sends('a', BOOTED);
    w.enters('a', STATE_AFTER.booted);
    expect(w.percentiles()).toMatchObject({
      jobToDownload: { p50: 150, p99: 150 },
      queuedToDownload: { p50: 50, p99: 150 },
    });
  });

  test('from an event to a transition count from the later of the two reports of a download, and from the boot', () => {
    const w = world();
    for (const thing of ['a', 'b']) {
      w.queued(thing);
      w.started(thing);
      w.enters(thing, DOWNLOADING);
    }
    w.sends('a', TRANSFERRED);
    w.at(10);
    w.sends('a', COMPLETED);
    w.sends('b', BOOTED);
    w.at(15);
    w.enters('a', STATE_AFTER.downloaded);
    w.at(30);
    w.enters('b', STATE_AFTER.booted);
    expect(w.percentiles().eventToTransition).toEqual({ p50: 5, p95: 20, p99: 20 });
  });

  test('that were never measured are an error, not zero', () => {
    expect(() => world().percentiles()).toThrow('eventToTransition was not measured');
  });
});
