import { createHash } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FirmwareServerOptions {
  readonly firmware: Buffer;
  /** Byte counts after which the first connections break. */
  readonly breaks?: readonly number[];
  readonly ranges?: boolean;
  readonly credentials?: string;
  /** Instead of answering. */
  readonly respond?: (request: IncomingMessage, response: ServerResponse) => void;
}

/** A file server on 127.0.0.1 with one firmware, whose connections break as configured. */
export const startFirmwareServer = async (options: FirmwareServerOptions) => {
  const { firmware, breaks = [], ranges = true, credentials } = options;
  const etag = `"${createHash('sha1').update(firmware).digest('hex')}"`;
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const { range, authorization } = request.headers;
    const limit = breaks[asked.length];
    asked.push(range);
    if (options.respond) return options.respond(request, response);
    if (credentials !== undefined && authorization !== `Basic ${Buffer.from(credentials).toString('base64')}`)
      return void response.writeHead(401).end();
    const from = ranges ? Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0) : 0;
    const body = firmware.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      etag,
      'content-length': body.length,
      ...(from > 0 && { 'content-range': `bytes ${from}-${firmware.length - 1}/${firmware.length}` }),
    });
    if (limit === undefined) return void response.end(body);
    response.write(body.subarray(0, limit), () => setTimeout(() => request.socket.destroy(), 20));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/fw/1.2.3`,
    /** The Range header of each request. */
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
};
