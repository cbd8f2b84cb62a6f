import type { IDisconnectPacket, Packet } from 'mqtt-packet';
import { REASON } from '../reason-codes';
import type { Connection, Context } from './context';
import { clientError } from './endings';
import { handlePublish } from './handle-publish';
import { handleSubscribe, handleUnsubscribe } from './handle-subscribe';
import { packetProblem } from './packet-problem';

const handleDisconnect = (connection: Connection, { reasonCode, properties }: IDisconnectPacket) => {
  const expiry = properties?.sessionExpiryInterval;
  if (expiry !== undefined && !connection.changeSessionExpiry(expiry)) {
    const message = 'a session with expiry interval 0 cannot get another one at DISCONNECT';
    return connection.end(clientError({ reasonCode: REASON.protocolError, message }));
  }
  // Only a normal disconnection drops the last will (MQTT 5, 3.1.2.5).
  connection.end({ reason: 'CLIENT_INITIATED_DISCONNECT', withoutWill: (reasonCode ?? 0) === REASON.success });
};

/** Handles a packet of a connected client. */
export const handlePacket = (connection: Connection, packet: Packet, context: Context): void => {
  connection.heard();
  const problem = packetProblem(packet);
  if (problem) return connection.end(clientError(problem));
  switch (packet.cmd) {
    case 'publish':
      return handlePublish(connection, packet, context);
    case 'puback':
      return connection.session.acknowledge(packet.messageId ?? 0);
    case 'subscribe':
      return handleSubscribe(connection, packet, context);
    case 'unsubscribe':
      return handleUnsubscribe(connection, packet, context);
    case 'pingreq':
      return connection.send({ cmd: 'pingresp' });
    case 'disconnect':
      return handleDisconnect(connection, packet);
    default: {
      // A second CONNECT, and AUTH, PUBREC, PUBREL and PUBCOMP, which AWS IoT does not support (MQTT, differences).
      const message = `${packet.cmd.toUpperCase()} packets are not expected`;
      return connection.end(clientError({ reasonCode: REASON.protocolError, message }));
    }
  }
};
