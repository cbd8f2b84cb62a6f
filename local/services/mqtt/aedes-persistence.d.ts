// The package declares its callback interface only; aedes itself calls this one.

declare module 'aedes-persistence/asyncPersistence.js' {
  import type { AedesPublishPacket, Subscription } from 'aedes';

  export default class MemoryPersistence {
    setup(broker: unknown): Promise<void>;
    storeRetained(packet: AedesPublishPacket): Promise<void>;
    addSubscriptions(client: { readonly id: string }, subscriptions: Subscription[]): Promise<void>;
    removeSubscriptions(client: { readonly id: string }, topics: string[]): Promise<void>;
    cleanSubscriptions(client: Client): Promise<void>;
    outgoingEnqueue(receiver: { readonly clientId: string }, packet: AedesPublishPacket): Promise<void>;
    outgoingEnqueueCombi(receivers: { readonly clientId: string }[], packet: AedesPublishPacket): Promise<void>;
    /** Undefined for a message that nobody waits for. */
    outgoingClearMessageId(
      client: { readonly id: string },
      packet: AedesPublishPacket,
    ): Promise<AedesPublishPacket | undefined>;
  }
}
