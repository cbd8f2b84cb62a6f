import type { Json } from './json';
import { StateError } from './state-error';

/** In UTF-8: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const MAX_PAYLOAD_BYTES = 262_144;

export const isTooLarge = (text: string): boolean => Buffer.byteLength(text) > MAX_PAYLOAD_BYTES;

/** A payload as JSON. @param problem the cause when it is too large @throws StateError States.DataLimitExceeded */
export const payloadText = (payload: Json, problem: string): string => {
  const text = JSON.stringify(payload);
  if (isTooLarge(text)) throw new StateError('States.DataLimitExceeded', problem);
  return text;
};
