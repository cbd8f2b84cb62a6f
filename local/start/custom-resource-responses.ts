import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';

export interface CustomResourceResponses {
  /** A new response URL, and the response that a function will PUT there. */
  expect(endpointUrl: string): { readonly url: string; readonly answer: Promise<unknown> };
  /** Takes a request to a response URL, once; false for every other request. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
}

/** Responses of custom resources: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html */
export const createCustomResourceResponses = (): CustomResourceResponses => {
  const waiting = new Map<string, (answer: unknown) => void>();
  return {
    expect: (endpointUrl) => {
      const path = `/cloudformation-response/${randomUUID()}`;
      const answer = new Promise<unknown>((resolve) => waiting.set(path, resolve));
      return { url: `${endpointUrl}${path}`, answer };
    },
    handle: async (request, response) => {
      const resolve = waiting.get(request.url ?? '');
      if (request.method !== 'PUT' || !resolve) return false;
      waiting.delete(request.url ?? '');
      resolve(await json(request));
      response.writeHead(200).end();
      return true;
    },
  };
};
