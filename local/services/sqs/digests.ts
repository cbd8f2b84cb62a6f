import { createHash } from 'node:crypto';
import type { MessageAttribute } from './queue';

/** MD5OfMessageBody, MD5OfBody */
export const md5OfBody = (body: string): string => createHash('md5').update(body).digest('hex');

const withLength = (bytes: Uint8Array): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/** Transport types of values. Numbers are sent as text. */
const TEXT = Buffer.of(1);
const BYTES = Buffer.of(2);

const encode = (name: string, { DataType = '', StringValue = '', BinaryValue }: MessageAttribute): Buffer =>
  Buffer.concat([
    withLength(Buffer.from(name)),
    withLength(Buffer.from(DataType)),
    BinaryValue ? BYTES : TEXT,
    withLength(BinaryValue ?? Buffer.from(StringValue)),
  ]);

/**
 * MD5OfMessageAttributes; undefined without attributes.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
 */
export const md5OfAttributes = (attributes: Readonly<Record<string, MessageAttribute>>): string | undefined => {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  for (const name of names) {
    const attribute = attributes[name];
    if (attribute) hash.update(encode(name, attribute));
  }
  return hash.digest('hex');
};
