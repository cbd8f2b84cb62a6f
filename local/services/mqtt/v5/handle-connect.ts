import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { IConnectPacket } from 'mqtt-packet';
import { clientIdProblem, publishProblem } from '../limits';
import { type Problem, REASON } from '../reason-codes';
import { type ConnectTerms, acceptance, connectPropertiesProblem, connectTerms } from './connect-terms';
import { createConnection, willMessage } from './connection';
import type { Connection, Context } from './context';
import { encodeWithReason } from './encode';
import { TAKEN_OVER } from './endings';
import { packetProblem } from './packet-problem';

const willProblem = ({ will }: IConnectPacket): Problem | undefined =>
  will && publishProblem(will.topic, Buffer.byteLength(will.payload), will.qos ?? 0);

const connectProblem = (id: string, packet: IConnectPacket, socket: Socket, { access }: Context) =>
  packetProblem(packet) ??
  connectPropertiesProblem(packet) ??
  clientIdProblem(id) ??
  willProblem(packet) ??
  (access.mayConnect({ id, conn: socket })
    ? undefined
    : { reasonCode: REASON.notAuthorized, message: 'its certificate has no policy that allows iot:Connect' });

const refuse = (socket: Socket, { reasonCode, message }: Problem, terms: ConnectTerms) => {
  socket.write(encodeWithReason({ cmd: 'connack', reasonCode, sessionPresent: false }, message, terms));
  socket.destroySoon();
};

/**
 * Accepts a client or refuses it with the reason code of AWS IoT. A client with the same id is disconnected.
 * @returns the connection, or undefined when the client is refused or has gone
 */
export const handleConnect = async (
  socket: Socket,
  packet: IConnectPacket,
  context: Context,
): Promise<Connection | undefined> => {
  const id = packet.clientId === '' ? `$GEN/${randomUUID()}` : packet.clientId;
  const terms = connectTerms(packet);
  const problem = connectProblem(id, packet, socket, context);
  if (problem) {
    context.warn(`client ${id} refused: ${problem.message}`, { clientId: id });
    refuse(socket, problem, terms);
    return undefined;
  }
  await context.closeOlder(id);
  if (!socket.writable) return undefined;
  context.online.get(id)?.end(TAKEN_OVER);
  const { session, present } = context.sessions.open(id, packet.clean ?? true, terms.sessionExpirySeconds);
  const { will } = packet;
  const { connection, outlet } = createConnection(socket, { id, session, terms, ...(will && { will }) }, context);
  context.online.set(id, connection);
  const lastWill = will && willMessage(will, connection, context);
  context.presence.connected(id, context.principalOf(socket), socket.remoteAddress ?? '', lastWill);
  connection.send(acceptance(packet, terms, { assignedId: id, sessionPresent: present }));
  session.attach(outlet);
  return connection;
};
