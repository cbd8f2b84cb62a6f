import { randomUUID } from 'node:crypto';
import type { Aedes, Client } from 'aedes';
import type { Clock } from '../../core/clock';
import type { MqttMessage } from '../../core/mqtt';
import type { Store } from '../../store/store';
import type { Access } from './access';
import { keepAcknowledged } from './acknowledged-messages';
import { clientIdProblem, publishProblem, subscribeProblem, subscriptionCountProblem } from './limits';
import { isExpired } from './message-expiry';
import type { DisconnectReason } from './presence';

/** CONNACK return codes (MQTT 3.1.1, 3.2.2.3). */
const IDENTIFIER_REJECTED = 2;
const NOT_AUTHORIZED = 5;
const connectError = (message: string, returnCode: number) => Object.assign(new Error(message), { returnCode });

const bytesOf = (payload: string | Buffer): Buffer => (typeof payload === 'string' ? Buffer.from(payload) : payload);

export interface PacketChecks {
  readonly access: Access;
  readonly clock: Clock;
  readonly store: Store;
  /** When the retained message of a topic expires, if it does. */
  readonly retainedExpiryOf: (topic: string) => number | undefined;
  /** Connected clients by their ids. */
  readonly online: ReadonlyMap<string, Client>;
  readonly warn: (message: string, details: Record<string, unknown>) => void;
  /** Called with each message that passed. */
  readonly accept: (message: MqttMessage) => void;
  /** Records why the connection of a client is about to end. */
  readonly endBecause: (client: Client, reason: DisconnectReason) => void;
}

/**
 * Lets aedes refuse to MQTT 3.1.1 clients what AWS IoT refuses: by its limits (https://docs.aws.amazon.com/general/latest/gr/iot-core.html)
 * and by the policies of the client's certificate.
 */
export const checkPackets = (aedes: Aedes, checks: PacketChecks): void => {
  const { access, clock, store, retainedExpiryOf, online, warn, accept, endBecause } = checks;
  const acknowledged = keepAcknowledged(aedes, store);
  /** Ends the connection: aedes closes a client whose packet is answered with an error. */
  const refuse = (client: Client, reason: DisconnectReason, problem: string, answer: (error: Error) => void) => {
    endBecause(client, reason);
    warn(`client ${client.id} disconnected: ${problem}`, { clientId: client.id });
    answer(new Error(problem));
  };

  aedes.preConnect = (client, packet, answer) => {
    if (!packet.clientId && packet.clean) packet.clientId = `$GEN/${randomUUID()}`;
    if (packet.will?.qos === 2) {
      warn(`client ${packet.clientId} refused: the last will asks for QoS 2`, {});
      client.conn.destroy();
      answer(null, false);
      return;
    }
    answer(null, true);
  };

  aedes.authenticate = (client, _username, _password, answer) => {
    const problem = clientIdProblem(client.id);
    if (problem) {
      answer(connectError(problem.message, IDENTIFIER_REJECTED), false);
      return;
    }
    if (!access.mayConnect(client)) {
      warn(`client ${client.id} refused: its certificate has no policy that allows iot:Connect`, {
        clientId: client.id,
      });
      answer(connectError('not authorized', NOT_AUTHORIZED), false);
      return;
    }
    // A client id that connects again takes over: aedes closes the older connection next.
    const older = online.get(client.id);
    if (older) endBecause(older, 'DUPLICATE_CLIENTID');
    answer(null, true);
  };

  aedes.authorizePublish = (client, packet, answer) => {
    if (!client) {
      answer(new Error('messages without a client come through the bus'));
      return;
    }
    const { topic, qos, retain } = packet;
    const payload = bytesOf(packet.payload);
    const problem = publishProblem(topic, payload.length, qos);
    if (problem) {
      refuse(client, 'CLIENT_ERROR', problem.message, answer);
      return;
    }
    if (!access.mayPublish(client, topic)) {
      refuse(client, 'FORBIDDEN_ACCESS', `no policy allows iot:Publish on topic ${topic}`, answer);
      return;
    }
    accept({ topic, payload, qos: qos === 0 ? 0 : 1, retain, clientId: client.id });
    if (qos === 1) acknowledged.add(packet);
    answer(null);
  };

  aedes.authorizeSubscribe = (client, subscription, answer) => {
    const { topic, qos } = subscription;
    const problem = subscribeProblem(topic, qos);
    if (problem && qos > 1) {
      refuse(client, 'CLIENT_ERROR', problem.message, (error) => answer(error));
      return;
    }
    if (problem || !access.maySubscribe(client, topic)) {
      warn(`subscription refused: ${problem?.message ?? `no policy allows iot:Subscribe on topic filter ${topic}`}`, {
        clientId: client.id,
      });
      // null makes aedes answer with SUBACK 0x80.
      answer(null, null);
      return;
    }
    answer(null, subscription);
  };

  // Nothing in aedes sees a whole SUBSCRIBE packet before its SUBACK.
  aedes.on('subscribe', (subscriptions, client) => {
    const problem = subscriptionCountProblem(subscriptions.length);
    if (problem) refuse(client, 'CLIENT_ERROR', problem.message, () => client.close());
  });

  aedes.authorizeForward = (client, packet) => {
    // A message with an expiry interval expires for MQTT 3.1.1 subscribers, too (AWS IoT Core developer guide, MQTT, message
    // expiry). aedes keeps retained messages without it.
    const expiresAt = packet.messageExpiry ?? (packet.retain ? retainedExpiryOf(packet.topic) : undefined);
    if (expiresAt !== undefined && isExpired({ expiresAt }, clock.now())) return null;
    return access.mayReceive(client, packet.topic) ? packet : null;
  };
};
