import type { Socket } from 'node:net';
import type { IConnectPacket } from 'mqtt-packet';
import type { MqttMessage } from '../../../core/mqtt';
import type { Peer } from '../access';
import { expiryOf } from '../message-expiry';
import { type ConnectTerms, TOPIC_ALIAS_MAXIMUM, sessionExpiry } from './connect-terms';
import type { Connection, Context, Ending } from './context';
import { encode, encodeDelivery, encodeWithReason } from './encode';
import { LOST, SILENT } from './endings';
import { watchKeepAlive } from './keep-alive';
import { messageProperties } from './message-properties';
import type { Outlet, Session } from './session';
import { createInboundAliases, createOutboundAliases } from './topic-aliases';

/** As aedes: a client that does not read for this long is disconnected. */
const DRAIN_TIMEOUT_MS = 10_000;

type Will = NonNullable<IConnectPacket['will']>;

/** The message of a last will, if the client may publish it. Its Message Expiry Interval begins now; AWS IoT Core does not list Will Delay Interval. */
export const willMessage = (will: Will, client: Peer, { access, clock, warn }: Context): MqttMessage | undefined => {
  const { topic, payload, qos, retain = false } = will;
  if (!access.mayPublish(client, topic)) {
    warn(`no policy allows iot:Publish on topic ${topic} of the last will`, { clientId: client.id });
    return undefined;
  }
  const properties = messageProperties(will.properties);
  const expiresAt = expiryOf(will.properties?.messageExpiryInterval, clock.now());
  return {
    ...{ topic, payload: Buffer.from(payload), qos: qos === 1 ? 1 : 0, retain, clientId: client.id },
    ...(properties && { properties }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
};

/** @param onStuck called when the client does not read for a while */
const createWriter = (socket: Socket, { clock }: Context, onStuck: () => void) => {
  let full = false;
  return (bytes: Buffer) => {
    if (!socket.writable || socket.write(bytes) || full) return;
    full = true;
    const timer = clock.setTimeout(onStuck, DRAIN_TIMEOUT_MS);
    socket.once('drain', () => {
      full = false;
      timer.cancel();
    });
  };
};

/** The session's way to the client: what the policy forbids and what is too large for the client is dropped. */
const outletOf = (client: Peer, terms: ConnectTerms, write: (bytes: Buffer) => void, context: Context): Outlet => {
  const aliases = createOutboundAliases(terms.topicAliasMaximum);
  return {
    receiveMaximum: terms.receiveMaximum,
    deliver: (delivery, messageId) => {
      if (!context.access.mayReceive(client, delivery.message.topic)) return false;
      const sending = { now: context.clock.now(), aliases, ...(messageId !== undefined && { messageId }) };
      const bytes = encodeDelivery(delivery, sending, terms);
      if (bytes) write(bytes);
      return bytes !== undefined;
    },
  };
};

/** What is agreed when a client is accepted. */
export interface Accepted {
  readonly id: string;
  readonly session: Session;
  readonly terms: ConnectTerms;
  readonly will?: Will;
}

/** @returns the connection of an accepted client, and what lets the session send to it */
export const createConnection = (
  socket: Socket,
  { id, session, terms, will }: Accepted,
  context: Context,
): { readonly connection: Connection; readonly outlet: Outlet } => {
  const client = { id, conn: socket };
  let expirySeconds = terms.sessionExpirySeconds;
  let ended = false;

  const end = ({ reason, problem, withoutWill = false }: Ending) => {
    if (ended) return;
    ended = true;
    keepAlive.stop();
    context.online.delete(id);
    if (problem && (reason === 'CLIENT_ERROR' || reason === 'FORBIDDEN_ACCESS'))
      context.warn(`client ${id} disconnected: ${problem.message}`, { clientId: id });
    if (problem && socket.writable)
      socket.write(encodeWithReason({ cmd: 'disconnect', reasonCode: problem.reasonCode }, problem.message, terms));
    // Lets the DISCONNECT packet out first.
    socket.destroySoon();
    context.sessions.release(session, expirySeconds);
    const message = will && !withoutWill ? willMessage(will, client, context) : undefined;
    if (message) context.publish(message);
    context.presence.disconnected(id, reason);
  };

  const keepAlive = watchKeepAlive(context.clock, terms.keepAliveSeconds, () => end(SILENT));
  const write = createWriter(socket, context, () => {
    end(LOST);
    socket.destroy();
  });
  const connection: Connection = {
    ...client,
    session,
    aliases: createInboundAliases(TOPIC_ALIAS_MAXIMUM),
    send: (packet) => write(encode(packet)),
    refuse: (packet, reason) => write(encodeWithReason(packet, reason, terms)),
    heard: keepAlive.heard,
    changeSessionExpiry: (seconds) => {
      if (expirySeconds === 0 && seconds > 0) return false;
      expirySeconds = sessionExpiry(seconds);
      context.sessions.keepFor(session, expirySeconds);
      return true;
    },
    end,
  };
  return { connection, outlet: outletOf(client, terms, write, context) };
};
