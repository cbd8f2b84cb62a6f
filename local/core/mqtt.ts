/** A message as the broker passes it to the rules engine and to internal subscribers. */
export interface MqttMessage {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos?: 0 | 1;
  readonly retain?: boolean;
  /** Absent for messages of AWS services themselves. */
  readonly clientId?: string;
}

/** What services need from the message broker. */
export interface MessageBus {
  publish(message: MqttMessage): void;
  /** Called for every message that the broker accepted, including those on reserved `$aws/` topics. Returns an unsubscribe function. */
  onMessage(listener: (message: MqttMessage) => void): () => void;
}
