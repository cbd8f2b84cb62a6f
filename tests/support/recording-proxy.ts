import { once } from 'node:events';
import { createServer, request } from 'node:http';

export interface RecordingProxy {
  readonly endpoint: string;
  /** When requests came, milliseconds. */
  readonly times: readonly number[];
  close(): Promise<void>;
}

/** Passes requests on to an endpoint, and remembers when they came. */
export const startRecordingProxy = async (target: string): Promise<RecordingProxy> => {
  const times: number[] = [];
  const server = createServer((received, answer) => {
    times.push(performance.now());
    const { method, headers, url = '/' } = received;
    const sent = request(new URL(url, target), { ...(method !== undefined && { method }), headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    sent.on('error', () => answer.destroy());
    received.pipe(sent);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The proxy has no port.');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    times,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
