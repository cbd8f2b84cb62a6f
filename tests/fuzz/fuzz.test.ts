import { decodeMsg, decodeRecord, encodeMsg, encodeRecord, UspCodecError } from '../../proto/codec';
import { requestTopic, responseTopic, withReplyTo } from '../../proto/topics';
import { isRecord } from '../../cli/check-template/project';
import { downloadFirmware } from '../../functions/device-management/download-firmware/download-firmware';
import { handleDeviceMessage } from '../../functions/device-management/message-handler/message-handler';
import type { OutgoingMessage } from '../../functions/device-management/protocol';
import { protocolsFor } from '../../functions/device-management/protocols';
import type { MessageInput } from '../../functions/shared/messages';
import { agentStep, createAgent } from '../../simulator/agent/agent';
import { PROFILES } from '../../simulator/agent/profiles';
import { ORIGINAL_TIMINGS } from '../../simulator/agent/config';
import type { AgentState } from '../../simulator/agent/types';
import { deviceMessageRule } from '../support/device-message-rule';
import { damaged, recordedBytes, recordsWithoutEach, seeded, withoutEach } from '../support/fuzz';
import { fakeDevices } from '../unit/functions/support/fake-devices';
import { fakeLog, fakeTopic } from '../unit/functions/support/fakes';

jest.setTimeout(180_000);

const CONTROLLER = 'self::aws-dm-controller';
const THING = 'sim-123';
const BYSTANDER = 'sim-1234';
const records = recordedBytes();

/** Every prefix of every record, and every record without each of its fields. */
const cutAndDropped = (): readonly Buffer[] =>
  records.flatMap((bytes) => [
    ...Array.from({ length: bytes.length }, (_, length) => bytes.subarray(0, length)),
    ...recordsWithoutEach(bytes),
  ]);

/** Whether the bytes decode; any error other than UspCodecError fails the test. */
const decodes = (bytes: Uint8Array): boolean => {
  try {
    const record = decodeRecord(bytes);
    if (record.noSessionContext?.payload) decodeMsg(record.noSessionContext.payload);
    return true;
  } catch (error) {
    if (!(error instanceof UspCodecError)) throw error;
    return false;
  }
};

/** The controller with upgrades of two devices in progress; records all its effects. */
const controller = async () => {
  const { port: devices, touched } = fakeDevices();
  const { publish, published } = fakeTopic();
  const { log, lines } = fakeLog();
  const sent: OutgoingMessage[] = [];
  const deps = {
    ...{ protocols: protocolsFor(CONTROLLER), devices, publish, now: () => 1_795_469_326_066 },
    send: async (message: OutgoingMessage) => void sent.push(message),
  };
  const download = downloadFirmware({
    ...deps,
    urlTemplate: 'https://x/{firmwareVersion}',
    credentials: async () => undefined,
  });
  for (const thingName of [THING, BYSTANDER])
    await download(
      {
        ...{ name: 'START_UPGRADE', id: `job-${thingName}`, thingName, firmwareVersion: '1.2.3', token: thingName },
        ...{ enteredAt: new Date(1_795_469_326_066).toISOString(), timeLimitSeconds: 120 },
        ...{ connected: true, connectedSince: '', order: 1, thingTypeName: '', attributes: {}, jobDocument: {} },
      },
      log,
    );
  touched.clear();
  sent.splice(0);
  const handle = handleDeviceMessage({ ...deps, log });
  const isOfThing = (message: MessageInput) => message.thingName === THING;
  return {
    /** @throws if the controller throws, or if it affects another device */
    feed: async (event: unknown) => {
      await handle(event);
      if ([...touched].some((thingName) => thingName !== THING)) throw new Error(`touched ${[...touched].join()}`);
      if (!published.every(isOfThing)) throw new Error(`published ${JSON.stringify(published)}`);
      for (const { topic, payload } of sent) {
        if (!topic.startsWith(requestTopic(THING)) || topic.startsWith(requestTopic(BYSTANDER)))
          throw new Error(`sent to ${topic}`);
        decodeRecord(payload);
      }
      const heard = published.length + lines.length;
      published.splice(0);
      sent.splice(0);
      lines.splice(0);
      return heard;
    },
  };
};

const TOPIC = withReplyTo(responseTopic(CONTROLLER, THING), requestTopic(THING));

describe('100,000 damaged records', () => {
  test('decode, or make the codec throw a UspCodecError', () => {
    const random = seeded(1);
    let understood = 0;
    for (const bytes of cutAndDropped()) understood += Number(decodes(bytes));
    for (let count = 0; count < 45_000; count += 1) understood += Number(decodes(damaged(random, records)));
    // Some damage is harmless: a codec that refused everything would pass otherwise.
    expect(understood).toBeGreaterThan(5_000);
  });

  test('that decode can be encoded and decoded again to the same values', () => {
    const random = seeded(2);
    let written = 0;
    for (let count = 0; count < 10_000; count += 1) {
      const bytes = damaged(random, records);
      if (!decodes(bytes)) continue;
      const record = decodeRecord(bytes);
      expect(decodeRecord(encodeRecord(record))).toEqual(record);
      const payload = record.noSessionContext?.payload;
      const message = payload ? decodeMsg(payload) : {};
      if (message.body?.request ?? message.body?.response ?? message.body?.error)
        expect(decodeMsg(encodeMsg(message))).toEqual(message);
      written += 1;
    }
    expect(written).toBeGreaterThan(500);
  });

  test('pass through rule and controller without a crash or an effect on another device', async () => {
    const rule = await deviceMessageRule();
    const world = await controller();
    const random = seeded(3);
    const inputs = [...cutAndDropped(), ...Array.from({ length: 20_000 }, () => damaged(random, records))];
    let heard = 0;
    for (const bytes of inputs) heard += await world.feed(rule(TOPIC, bytes));
    // Each causes a domain message or a log line: none is dropped silently.
    expect(heard).toBeGreaterThanOrEqual(inputs.length);
  });

  test('pass through the controller in any shape that a rule could produce', async () => {
    const rule = await deviceMessageRule();
    const world = await controller();
    const random = seeded(4);
    const events = records.map((bytes) => rule(TOPIC, bytes));
    const strange = [null, 0, -1, NaN, '', 'x'.repeat(10_000), '__proto__', [], {}, [[[]]], true, { S: 1 }];
    const retyped = (value: unknown): unknown => {
      if (Array.isArray(value))
        return value.map((item) => (random.below(8) === 0 ? random.pick(strange) : retyped(item)));
      if (!isRecord(value)) return value;
      return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [
          key,
          key !== 'thingName' && random.below(10) === 0 ? random.pick(strange) : retyped(inner),
        ]),
      );
    };
    for (const event of events) for (const changed of withoutEach(event)) await world.feed(changed);
    for (let count = 0; count < 10_000; count += 1) await world.feed(retyped(random.pick(events)));
    for (const event of strange) await world.feed(event);
  });

  test.each(['tr369', 'original'] as const)(
    'do not crash an agent of profile %s, which sends only valid records',
    (profile) => {
      const config = {
        ...{ thingName: THING, endpointId: `self::${THING}`, controllerId: CONTROLLER, timings: ORIGINAL_TIMINGS },
        ...({ profile: PROFILES[profile], mqttVersion: '3.1.1', timeScale: 1, fault: 'none', seed: 1 } as const),
        ...{ reconnectOnReboot: true, fetchFirmware: false },
      };
      const random = seeded(5);
      const fresh = createAgent(config, '1.2.1');
      let state: AgentState = fresh;
      let acted = 0;
      const topic = withReplyTo(requestTopic(THING), responseTopic(CONTROLLER, THING));
      const feed = (payload: Buffer, now: number) => {
        const transition = agentStep(state, { kind: 'message', topic, payload }, now);
        // Resets the agent regularly, so that it does not stay busy.
        state = now % 500 === 0 ? fresh : transition.state;
        for (const action of transition.actions) {
          if (action.kind === 'publish') decodeRecord(action.payload);
          acted += 1;
        }
      };
      cutAndDropped().forEach(feed);
      for (let count = 0; count < 12_000; count += 1) feed(damaged(random, records), count);
      // Each message causes at least a report.
      expect(acted).toBeGreaterThan(12_000);
    },
  );
});
