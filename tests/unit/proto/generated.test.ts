import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Root, type Type } from 'protobufjs';
import 'protobufjs/ext/descriptor';
import { decodeRecord } from '../../../proto/codec';
import { generate } from '../../../proto/generate';
import { DESCRIPTOR_BASE64, DESCRIPTOR_KEY } from '../../../proto/generated/descriptor';
import { uspVectors } from '../../fixtures/usp-vectors';

const directory = join(__dirname, '../../../proto');
const descriptor = Buffer.from(DESCRIPTOR_BASE64, 'base64');

test('the generated files are up to date with the schema (otherwise run `npm run proto`)', () => {
  const files = Object.fromEntries(
    readdirSync(join(directory, 'generated')).map((file) => [
      file,
      readFileSync(join(directory, 'generated', file), 'utf8'),
    ]),
  );
  expect(files).toStrictEqual(generate(directory));
});

test('the descriptor is within the AWS IoT limit of 32 KiB, and its key has its hash', () => {
  expect(descriptor.length).toBeLessThanOrEqual(32 * 1024);
  expect(DESCRIPTOR_KEY).toMatch(/^usp-1-4-[0-9a-f]{12}\.desc$/);
});

test('the descriptor names the schema files as IoT SQL does', () => {
  for (const file of ['usp-record-1-4.proto', 'usp-msg-1-4.proto']) expect(descriptor.includes(file)).toBe(true);
});

test('another decoder reads the same with the descriptor', () => {
  const root = (Root as unknown as { fromDescriptor(bytes: Uint8Array): Root }).fromDescriptor(descriptor);
  const record: Type = root.lookupType('usp_record.Record');
  for (const { hex } of uspVectors('real-agent-mqtt-3.1.1.jsonl')) {
    const bytes = Buffer.from(hex, 'hex');
    const theirs = record.toObject(record.decode(bytes), { enums: String });
    expect(JSON.stringify(theirs)).toBe(JSON.stringify(bufferised(decodeRecord(bytes))));
  }
});

/** protobufjs returns Buffers. */
const bufferised = (record: ReturnType<typeof decodeRecord>) =>
  record.noSessionContext?.payload
    ? { ...record, noSessionContext: { payload: Buffer.from(record.noSessionContext.payload) } }
    : record;
