import type { Socket } from 'node:net';
import type { Clock } from '../../core/clock';

const CONNECT = 0x10;
/** A fixed header has at most 5 bytes (MQTT 5, 2.1.4). */
const MAX_HEADER_BYTES = 5;
/** As aedes: a client that sends no CONNECT packet for this long is disconnected. */
export const CONNECT_TIMEOUT_MS = 30_000;

/**
 * The protocol version in a CONNECT packet (MQTT 5, 3.1.2.2): 4 is MQTT 3.1.1. `incomplete` needs more bytes;
 * `other` is no CONNECT packet.
 */
export const protocolVersion = (bytes: Buffer): number | 'incomplete' | 'other' => {
  if (bytes.length === 0) return 'incomplete';
  if (bytes[0] !== CONNECT) return 'other';
  const lastLengthByte = bytes.subarray(1, MAX_HEADER_BYTES).findIndex((byte) => byte < 0x80);
  if (lastLengthByte < 0) return bytes.length < MAX_HEADER_BYTES ? 'incomplete' : 'other';
  const name = lastLengthByte + 2;
  if (bytes.length < name + 2) return 'incomplete';
  return bytes[name + 2 + bytes.readUInt16BE(name)] ?? 'incomplete';
};

/** Reads the start of a connection, puts it back, and passes the connection on with its protocol version. */
export const whenVersionKnown = (socket: Socket, clock: Clock, handle: (version: number | 'other') => void): void => {
  let start: Buffer = Buffer.alloc(0);
  const timer = clock.setTimeout(() => socket.destroy(), CONNECT_TIMEOUT_MS);
  const ignore = () => undefined;
  const read = () => {
    for (let chunk: unknown = socket.read(); Buffer.isBuffer(chunk); chunk = socket.read())
      start = Buffer.concat([start, chunk]);
    const version = protocolVersion(start);
    if (version === 'incomplete') return;
    timer.cancel();
    socket.off('readable', read).off('error', ignore);
    socket.unshift(start);
    handle(version);
  };
  socket.on('error', ignore).on('readable', read);
};
