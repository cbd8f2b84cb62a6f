import type { Socket } from 'node:net';
import type { IPubackPacket, Packet } from 'mqtt-packet';
import type { Clock } from '../../../core/clock';
import type { MqttMessage } from '../../../core/mqtt';
import type { Store } from '../../../store/store';
import type { Access, Peer } from '../access';
import type { DisconnectReason, Presence } from '../presence';
import type { Problem } from '../reason-codes';
import type { RetainedMessages } from '../retained-messages';
import type { Session } from './session';
import type { Sessions } from './sessions';
import type { InboundAliases } from './topic-aliases';

/** What the MQTT 5 side needs of the broker. */
export interface BrokerSide {
  readonly clock: Clock;
  readonly store: Store;
  readonly access: Access;
  readonly presence: Presence;
  readonly retained: RetainedMessages;
  readonly warn: (message: string, details: Record<string, unknown>) => void;
  /** Passes a message on to the rules and to subscribers of both versions. */
  readonly publish: (message: MqttMessage) => void;
  /** Ends the connection of an MQTT 3.1.1 client with this id, if there is one. */
  readonly closeOlder: (clientId: string) => Promise<void>;
  /** Certificate id of a connection, or `n/a`. */
  readonly principalOf: (socket: Socket) => string;
}

/** How a connection ends. */
export interface Ending {
  /** For the presence event. */
  readonly reason: DisconnectReason;
  /** Sent to the client in a DISCONNECT packet. */
  readonly problem?: Problem;
  /** Whether the last will is dropped. */
  readonly withoutWill?: boolean;
}

/** A connected MQTT 5 client. */
export interface Connection extends Peer {
  readonly session: Session;
  readonly aliases: InboundAliases;
  send(packet: Packet): void;
  /** Sends a refusal with its reason, in words for the person who reads the client's log. */
  refuse(packet: IPubackPacket, reason: string): void;
  /** Something has arrived from the client: it is alive. */
  heard(): void;
  /** Changes how long the session is kept; false when the client must not do that (MQTT 5, 3.14.2.2.2). */
  changeSessionExpiry(seconds: number): boolean;
  /** Ends the connection, once. */
  end(ending: Ending): void;
}

/** What all MQTT 5 connections share. */
export interface Context extends BrokerSide {
  readonly sessions: Sessions;
  /** Connected MQTT 5 clients by their ids. */
  readonly online: Map<string, Connection>;
}
