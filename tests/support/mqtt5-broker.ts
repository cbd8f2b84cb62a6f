import { type AddressInfo, type Socket, createServer } from 'node:net';

/** A PUBLISH of MQTT 5, with the two properties that USP uses. */
export interface Mqtt5Publish {
  readonly topic: string;
  readonly payload: Buffer;
  readonly responseTopic?: string;
  readonly contentType?: string;
}

const CONTENT_TYPE = 0x03;
const RESPONSE_TOPIC = 0x08;

const text = (value: string) => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
};

const length = (value: number): number[] => (value < 128 ? [value] : [(value % 128) | 0x80, ...length(value >> 7)]);

const packet = (header: number, ...parts: Buffer[]) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([header, ...length(body.length)]), body]);
};

/** Reads MQTT fields in sequence. */
const reader = (bytes: Buffer) => {
  let at = 0;
  const take = (count: number) => bytes.subarray(at, (at += count));
  const word = () => take(2).readUInt16BE();
  const variable = (): number => {
    const byte = take(1).readUInt8();
    return byte < 128 ? byte : byte - 128 + 128 * variable();
  };
  return { take, word, variable, text: () => take(word()).toString(), rest: () => bytes.subarray(at), at: () => at };
};

const parsePublish = (body: Buffer): { readonly id: number; readonly publish: Mqtt5Publish } => {
  const fields = reader(body);
  const topic = fields.text();
  const id = fields.word();
  const properties = reader(fields.take(fields.variable()));
  const found: { contentType?: string; responseTopic?: string } = {};
  while (properties.rest().length > 0) {
    const property = properties.take(1).readUInt8();
    if (property === CONTENT_TYPE) found.contentType = properties.text();
    else if (property === RESPONSE_TOPIC) found.responseTopic = properties.text();
    else throw new Error(`MQTT property ${property} is not expected`);
  }
  return { id, publish: { topic, payload: fields.rest(), ...found } };
};

/** A minimal MQTT 5 broker for one device; records what it receives. */
export const startMqtt5Broker = async () => {
  const filters: string[] = [];
  const published: Mqtt5Publish[] = [];
  const connects: Buffer[] = [];
  const waiting: { test: () => boolean; resolve: () => void }[] = [];
  let device: Socket | undefined;

  const handle = (socket: Socket, type: number, body: Buffer) => {
    const id = body.subarray(0, 2);
    if (type === 1) {
      connects.push(body);
      socket.write(packet(0x20, Buffer.from([0, 0, 0])));
    } else if (type === 8) {
      const fields = reader(body.subarray(2));
      fields.take(fields.variable());
      filters.push(fields.text());
      socket.write(packet(0x90, id, Buffer.from([0, 1])));
    } else if (type === 3) {
      const { id: packetId, publish } = parsePublish(body);
      published.push(publish);
      socket.write(packet(0x40, Buffer.from([packetId >> 8, packetId & 0xff])));
    }
    for (const { test, resolve } of waiting) if (test()) resolve();
  };

  const server = createServer((socket) => {
    device = socket;
    let buffer: Buffer = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      buffer = Buffer.concat([buffer, chunk]);
      // In these tests, the first chunk of each packet contains its whole header.
      while (buffer.length >= 2) {
        const fields = reader(buffer);
        const type = fields.take(1).readUInt8() >> 4;
        const size = fields.variable();
        if (buffer.length < fields.at() + size) return;
        const body = fields.take(size);
        buffer = fields.rest();
        handle(socket, type, body);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connects,
    filters,
    published,
    until: (test: () => boolean) =>
      test() ? Promise.resolve() : new Promise<void>((resolve) => waiting.push({ test, resolve })),
    /** Sends a message to the device, at QoS 0. */
    publish: ({ topic, payload, responseTopic = '', contentType = '' }: Mqtt5Publish) => {
      const properties = Buffer.concat([
        Buffer.from([CONTENT_TYPE]),
        text(contentType),
        Buffer.from([RESPONSE_TOPIC]),
        text(responseTopic),
      ]);
      device?.write(packet(0x30, text(topic), Buffer.from(length(properties.length)), properties, payload));
    },
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
};
