/** Name and value; a name may occur more than once. */
export type UserProperty = readonly [name: string, value: string];

/** The properties of a message that the broker passes on to MQTT 5 subscribers (MQTT 5, 3.3.2.3). */
export interface MessageProperties {
  /** Whether the payload is UTF-8 text. */
  readonly payloadFormatIndicator?: boolean;
  readonly contentType?: string;
  readonly responseTopic?: string;
  readonly correlationData?: Buffer;
  readonly userProperties?: readonly UserProperty[];
}

/** A message as the broker passes it to the rules engine and to internal subscribers. */
export interface MqttMessage {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos?: 0 | 1;
  readonly retain?: boolean;
  readonly properties?: MessageProperties;
  /** When the message expires, in milliseconds since the epoch (Message Expiry Interval). */
  readonly expiresAt?: number;
  /** Absent for messages of AWS services themselves. */
  readonly clientId?: string;
}

/** What services need from the message broker. */
export interface MessageBus {
  publish(message: MqttMessage): void;
  /** Called for every message that the broker accepted, including those on reserved `$aws/` topics. Returns an unsubscribe function. */
  onMessage(listener: (message: MqttMessage) => void): () => void;
}
