import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../core/aws-error';
import { readTimestamp } from './timestamp';

/**
 * A scalar from text: path labels, query strings, headers, forms, XML.
 * @throws AwsError SerializationException that names the field
 */
export const readScalar = (schema: NormalizedSchema, text: string, name: string): unknown => {
  if (schema.isNumericSchema()) {
    const number = Number(text);
    if (text.trim() === '' || Number.isNaN(number))
      throw new AwsError('SerializationException', `${name}: expected a number, got "${text}".`);
    return number;
  }
  if (schema.isBooleanSchema()) {
    if (text !== 'true' && text !== 'false')
      throw new AwsError('SerializationException', `${name}: expected true or false, got "${text}".`);
    return text === 'true';
  }
  if (schema.isTimestampSchema()) return readTimestamp(text, name);
  return schema.isBlobSchema() ? Buffer.from(text, 'base64') : text;
};
