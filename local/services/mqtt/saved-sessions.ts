import type { AedesPublishPacket, Subscription } from 'aedes';
import MemoryPersistence from 'aedes-persistence/asyncPersistence.js';
import type { Store } from '../../store/store';
import type { RetainedMessages } from './retained-messages';

/** A message that waits for a client, or for its acknowledgement. */
interface Waiting {
  readonly clientId: string;
  readonly packet: Pick<
    AedesPublishPacket,
    'brokerId' | 'brokerCounter' | 'messageExpiry' | 'topic' | 'payload' | 'qos' | 'retain'
  >;
}

/** The client of a session. */
type Session = { readonly id: string };
type Receiver = { readonly clientId: string };

/** The broker's number of a message, with which aedes finds it in a queue. */
const idOf = ({ brokerId, brokerCounter }: Pick<AedesPublishPacket, 'brokerId' | 'brokerCounter'>, clientId: string) =>
  `${brokerId}:${brokerCounter}/${clientId}`;

/** aedes queues no other packets, because AWS IoT has no QoS 2. */
const waitingOf = (clientId: string, packet: AedesPublishPacket): Waiting => {
  const { brokerId, brokerCounter, messageExpiry, topic, payload, qos, retain } = packet;
  const expiry = messageExpiry === undefined ? {} : { messageExpiry };
  return { clientId, packet: { brokerId, brokerCounter, topic, payload, qos, retain, ...expiry } };
};

/** The persistent sessions of MQTT 3.1.1 clients: what aedes keeps in memory is also saved. */
export class SavedSessions extends MemoryPersistence {
  private readonly subscriptions = new Map<string, Map<string, Subscription>>();
  private readonly waiting = new Map<string, Waiting>();
  private readonly keptSubscriptions;
  private readonly keptMessages;

  constructor(
    store: Store,
    private readonly retained: RetainedMessages,
  ) {
    super();
    this.keptSubscriptions = store.collection<Map<string, Subscription>>('mqtt-subscriptions', (clientId) =>
      this.subscriptions.get(clientId),
    );
    this.keptMessages = store.collection<Waiting>('mqtt-waiting', (id) => this.waiting.get(id));
  }

  override async setup(broker: unknown): Promise<void> {
    await super.setup(broker);
    for (const { topic, payload, qos } of this.retained.list())
      await super.storeRetained({ ...retainedPacket, topic, payload, qos });
    for (const [id, subscriptions] of this.keptSubscriptions.saved) {
      this.subscriptions.set(id, subscriptions);
      await super.addSubscriptions({ id }, [...subscriptions.values()]);
    }
    for (const [id, waiting] of this.keptMessages.saved) {
      this.waiting.set(id, waiting);
      await super.outgoingEnqueue(waiting, { cmd: 'publish', dup: false, ...waiting.packet });
    }
  }

  override async addSubscriptions(client: Session, added: Subscription[]): Promise<void> {
    const subscriptions = this.subscriptions.get(client.id) ?? new Map<string, Subscription>();
    this.subscriptions.set(client.id, subscriptions);
    for (const { topic, qos } of added) subscriptions.set(topic, { topic, qos });
    this.keptSubscriptions.changed(client.id);
    await super.addSubscriptions(client, added);
  }

  override async removeSubscriptions(client: Session, topics: string[]): Promise<void> {
    const subscriptions = this.subscriptions.get(client.id);
    for (const topic of topics) subscriptions?.delete(topic);
    if (subscriptions?.size === 0) this.subscriptions.delete(client.id);
    this.keptSubscriptions.changed(client.id);
    await super.removeSubscriptions(client, topics);
  }

  override async cleanSubscriptions(client: Session): Promise<void> {
    this.subscriptions.delete(client.id);
    this.keptSubscriptions.changed(client.id);
    await super.cleanSubscriptions(client);
  }

  private add({ clientId }: Receiver, packet: AedesPublishPacket): void {
    const id = idOf(packet, clientId);
    this.waiting.set(id, waitingOf(clientId, packet));
    this.keptMessages.changed(id);
  }

  override async outgoingEnqueue(receiver: Receiver, packet: AedesPublishPacket): Promise<void> {
    this.add(receiver, packet);
    await super.outgoingEnqueue(receiver, packet);
  }

  override async outgoingEnqueueCombi(receivers: Receiver[], packet: AedesPublishPacket): Promise<void> {
    for (const receiver of receivers) this.add(receiver, packet);
    await super.outgoingEnqueueCombi(receivers, packet);
  }

  override async outgoingClearMessageId(
    client: Session,
    packet: AedesPublishPacket,
  ): Promise<AedesPublishPacket | undefined> {
    const cleared = await super.outgoingClearMessageId(client, packet);
    if (cleared) {
      const id = idOf(cleared, client.id);
      this.waiting.delete(id);
      this.keptMessages.changed(id);
    }
    return cleared;
  }
}

const retainedPacket = { cmd: 'publish', retain: true, dup: false, brokerId: '', brokerCounter: 0 } as const;
