import { decodeMsg, decodeRecord, encodeMsg, encodeRecord, type UspMsg } from '../../proto/codec';
import { responseTopic } from '../../proto/topics';
import { downloadFirmware } from '../../functions/device-management/download-firmware/download-firmware';
import { handleDeviceMessage } from '../../functions/device-management/message-handler/message-handler';
import type { OutgoingMessage } from '../../functions/device-management/protocol';
import { protocolsFor } from '../../functions/device-management/protocols';
import { uspVectors } from '../fixtures/usp-vectors';
import { deviceMessageRule } from '../support/device-message-rule';
import { fakeDevices } from '../unit/functions/support/fake-devices';
import { fakeLog, fakeTopic } from '../unit/functions/support/fakes';

const CONTROLLER = 'self::aws-dm-controller';
const THING = 'sim-123';
const NOW = 1_795_469_326_066;

const messageOf = (bytes: Uint8Array): UspMsg =>
  decodeMsg(decodeRecord(bytes).noSessionContext?.payload ?? new Uint8Array());

/** What was recorded with a real agent, told apart by who speaks and what. */
const recording = (file: string) => {
  const records = uspVectors(file).map((vector) => {
    const bytes = Buffer.from(vector.hex, 'hex');
    const record = decodeRecord(bytes);
    const fromAgent = record.fromId !== CONTROLLER;
    const type = record.mqttConnect ? 'CONNECT' : messageOf(bytes).header?.msgType;
    return { ...vector, bytes, fromAgent, type, message: record.mqttConnect ? {} : messageOf(bytes) };
  });
  const of = (fromAgent: boolean, type: string) =>
    records.filter((record) => record.fromAgent === fromAgent && record.type === type);
  return { said: (type: string) => of(true, type), asked: (type: string) => of(false, type) };
};

/** The subscriptions' ids are the controller's own. */
const withoutIds = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replace(/"(?:fw|wme)-(boot|transfer|oper|version)[a-z]*"/g, '"id-$1"'));

describe.each(['real-agent-mqtt-3.1.1.jsonl', 'real-agent-mqtt-5.jsonl'])('the conversation of %s', (file) => {
  const { said, asked } = recording(file);

  const world = async () => {
    const rule = await deviceMessageRule();
    const { publish, published } = fakeTopic();
    const { log, lines } = fakeLog();
    const sent: OutgoingMessage[] = [];
    const send = async (message: OutgoingMessage) => void sent.push(message);
    const protocols = protocolsFor(CONTROLLER);
    const deps = { protocols, devices: fakeDevices().port, publish, send, now: () => NOW };
    const handle = handleDeviceMessage({ ...deps, log });
    const suffix = file.includes('3.1.1') ? `/reply-to=agents%2F${THING}%2Fusp%2Frequest` : '';
    return {
      ...{ published, lines, sent },
      hear: (bytes: Buffer) => handle(rule(`${responseTopic(CONTROLLER, THING)}${suffix}`, bytes, NOW)),
      download: downloadFirmware({
        ...deps,
        urlTemplate: 'http://127.0.0.1:18880/fw/{firmwareVersion}',
        credentials: async () => ({ username: 'admin', password: 'pass' }),
      }),
      log,
    };
  };
  const connected = async () => {
    const w = await world();
    for (const { bytes } of said('CONNECT')) await w.hear(bytes);
    return w;
  };
  /** An answer of the agent, as if it were the answer to our request. */
  const answering = (bytes: Buffer, request: OutgoingMessage | undefined) => {
    const record = decodeRecord(bytes);
    const message = messageOf(bytes);
    const msgId = messageOf(request?.payload ?? new Uint8Array()).header?.msgId ?? '';
    return { record, message: { ...message, header: { ...message.header, msgId } } };
  };

  test('begins with the same subscriptions, boot parameter and inventory', async () => {
    const w = await connected();
    const [get] = w.sent.map(({ payload }) => messageOf(payload));
    const { record, message } = answering(said('GET_RESP')[0]?.bytes ?? Buffer.alloc(0), w.sent[0]);
    await w.hear(Buffer.from(encodeRecord({ ...record, noSessionContext: { payload: encodeMsg(message) } })));
    const add = messageOf(w.sent.at(-1)?.payload ?? new Uint8Array());
    const theirs = asked('ADD').flatMap(({ message }) => message.body?.request?.add?.createObjs ?? []);
    expect(withoutIds(add.body?.request?.add?.createObjs)).toEqual(withoutIds(theirs));
    const paths = asked('GET')[0]?.message.body?.request?.get?.paramPaths;
    const asksFor = get?.body?.request?.get?.paramPaths ?? [];
    expect(paths).toEqual(expect.arrayContaining(asksFor.filter((path) => path.startsWith('Device.DeviceInfo.'))));
    expect(asksFor).toHaveLength(6);
  });

  test('goes on with the same command, in the same style', async () => {
    const w = await connected();
    const [inventory] = said('GET_RESP');
    const get = w.sent.at(-1);
    const { record, message } = answering(inventory?.bytes ?? Buffer.alloc(0), get);
    await w.hear(Buffer.from(encodeRecord({ ...record, noSessionContext: { payload: encodeMsg(message) } })));
    await w.download(
      {
        ...{ name: 'START_UPGRADE', id: 'job-1.2.3', thingName: THING, firmwareVersion: '1.2.3', token: 't' },
        ...{ enteredAt: new Date(NOW).toISOString(), timeLimitSeconds: 120 },
        ...{
          connected: true,
          connectedSince: '',
          order: 1,
          thingTypeName: '',
          attributes: { firmwareVersion: '1.2.1' },
          jobDocument: {},
        },
      },
      w.log,
    );
    const operate = w.sent.at(-1);
    expect(messageOf(operate?.payload ?? new Uint8Array()).body).toEqual(asked('OPERATE')[0]?.message.body);
    expect({ to: decodeRecord(operate?.payload ?? new Uint8Array()).toId, mqtt5: operate?.contentType }).toEqual({
      to: 'self::sim-123',
      mqtt5: file.includes('mqtt-5') ? 'usp.msg' : undefined,
    });
    expect(operate?.topic.split('/reply-to=')[0]).toBe(`agents/${THING}/usp/request`);
  });

  test('ends with the same receipts, and with the messages that the workflow waits for', async () => {
    const w = await connected();
    await w.download(
      {
        ...{ name: 'START_UPGRADE', id: 'job-1.2.3', thingName: THING, firmwareVersion: '1.2.3', token: 't' },
        ...{ enteredAt: new Date(NOW).toISOString(), timeLimitSeconds: 120 },
        ...{
          connected: true,
          connectedSince: '',
          order: 1,
          thingTypeName: '',
          attributes: { firmwareVersion: '1.2.1' },
          jobDocument: {},
        },
      },
      w.log,
    );
    const [answer] = said('OPERATE_RESP');
    const { record, message } = answering(answer?.bytes ?? Buffer.alloc(0), w.sent.at(-1));
    await w.hear(Buffer.from(encodeRecord({ ...record, noSessionContext: { payload: encodeMsg(message) } })));
    w.sent.splice(0);
    for (const { bytes } of said('NOTIFY')) await w.hear(bytes);
    expect(w.sent.map(({ payload }) => messageOf(payload))).toEqual(asked('NOTIFY_RESP').map(({ message }) => message));
    expect(w.published).toMatchObject([
      { name: 'DEVICE_STARTED_DOWNLOAD_SUCCESS', id: 'job-1.2.3', token: 't' },
      { name: 'FIRMWARE_TRANSFERRED', operationId: 'job-1.2.3', status: 'SUCCESS' },
      { name: 'DOWNLOAD_OPERATION_DONE', operationId: 'job-1.2.3', status: 'SUCCESS' },
      { name: 'DEVICE_REBOOTED', operationId: 'job-1.2.3', status: 'SUCCESS', firmwareVersion: '1.2.3' },
    ]);
    expect(w.lines.filter(({ level }) => level === 'UnusableDeviceMessages')).toEqual([]);
  });
});
