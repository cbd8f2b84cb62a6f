import type { Socket } from 'node:net';
import { type Packet, parser as createParser } from 'mqtt-packet';
import type { MqttMessage } from '../../../core/mqtt';
import { CONNECT_TIMEOUT_MS } from '../protocol-version';
import { REASON } from '../reason-codes';
import type { BrokerSide, Connection, Context } from './context';
import { LOST, SHUTTING_DOWN, TAKEN_OVER, clientError } from './endings';
import { handleConnect } from './handle-connect';
import { handlePacket } from './handle-packet';
import { createSessions } from './sessions';

/** The MQTT 5 clients of the broker. */
export interface BrokerV5 {
  /** Serves a connection whose first packet is a CONNECT of MQTT 5. */
  handle(socket: Socket): void;
  /** Delivers a message to the subscribers. */
  route(message: MqttMessage): void;
  /** Ends the connection and the session of a client, because it connects with MQTT 3.1.1. */
  takeOver(clientId: string): void;
  close(): void;
}

/** Handles the packets of a connection one after the other, while the CONNECT packet may take some time. */
const serve = (socket: Socket, context: Context): void => {
  const parser = createParser();
  const early: Packet[] = [];
  let connecting = false;
  let connection: Connection | undefined;
  const timer = context.clock.setTimeout(() => socket.destroy(), CONNECT_TIMEOUT_MS);

  const connect = async (packet: Packet) => {
    if (packet.cmd !== 'connect') return void socket.destroy();
    connecting = true;
    timer.cancel();
    connection = await handleConnect(socket, packet, context);
    for (const next of connection ? early.splice(0) : []) receive(next);
  };
  const receive = (packet: Packet): void => {
    if (!socket.writable) return;
    if (connection) handlePacket(connection, packet, context);
    else if (connecting) early.push(packet);
    else void connect(packet);
  };
  parser.on('packet', receive);
  parser.on('error', (error) => {
    const message = `malformed packet: ${String(error)}`;
    if (connection) connection.end(clientError({ reasonCode: REASON.malformedPacket, message }));
    else socket.destroy();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => connection?.end(LOST));
  socket.on('data', (bytes: Buffer) => {
    if (socket.writable) parser.parse(bytes);
  });
};

export const createBrokerV5 = (broker: BrokerSide): BrokerV5 => {
  const sessions = createSessions(broker.clock, broker.store);
  const context: Context = { ...broker, sessions, online: new Map() };
  return {
    handle: (socket) => serve(socket, context),
    route: sessions.route,
    takeOver: (clientId) => {
      context.online.get(clientId)?.end(TAKEN_OVER);
      sessions.end(clientId);
    },
    close: () => {
      for (const connection of [...context.online.values()]) connection.end(SHUTTING_DOWN);
    },
  };
};
