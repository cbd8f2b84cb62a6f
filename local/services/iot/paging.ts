import { invalidRequest } from './errors';

export interface Page<T> {
  readonly items: T[];
  readonly nextToken: string | undefined;
}

export interface PageRequest {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

const offsetOf = (token: string | undefined): number => {
  if (!token) return 0;
  const offset = Number(Buffer.from(token, 'base64url').toString());
  if (!Number.isSafeInteger(offset) || offset < 1)
    throw invalidRequest(`nextToken "${token}" is not one that this operation has returned.`);
  return offset;
};

/**
 * One page of a list in its order.
 * @param limit the page size where the request asks for none, and the largest one it may ask for
 * @throws AwsError InvalidRequestException for a token or size that is not valid
 */
export const pageOf = <T>(all: Iterable<T>, request: PageRequest, limit = 250): Page<T> => {
  const size = request.maxResults ?? limit;
  if (!Number.isInteger(size) || size < 1 || size > limit)
    throw invalidRequest(`maxResults ${size} is not valid: it must be between 1 and ${limit}.`);
  const start = offsetOf(request.nextToken);
  const items: T[] = [];
  let index = 0;
  for (const item of all) {
    if (index >= start + size) return { items, nextToken: Buffer.from(String(index)).toString('base64url') };
    if (index >= start) items.push(item);
    index += 1;
  }
  return { items, nextToken: undefined };
};
