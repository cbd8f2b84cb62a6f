import { type MqttClient, connect } from 'mqtt';
import { agentStep, createAgent } from './agent/agent';
import { subscriptionOf } from './agent/mqtt-binding';
import type { Action, AgentEvent, AgentState, Download, Input } from './agent/types';
import { seeded } from './agent/seeded';
import { fetchFirmware } from './firmware/fetch-firmware';
import { type ConnectionOptions, connectOptions, publishOptions } from './mqtt-options';

/** Events of a device, for observers: those of its agent and of its connection. */
export type DeviceEvent =
  | AgentEvent
  | { readonly kind: 'connected' | 'disconnected' | 'published' | 'error'; readonly detail: string };

export interface DeviceOptions extends ConnectionOptions {
  readonly firmwareVersion: string;
  /** Seconds until `connect` gives up. A connection lost later is retried without limit. */
  readonly connectTimeoutSeconds: number;
  /** The longest pause between two attempts to connect; default 30. */
  readonly longestRetrySeconds?: number;
  readonly onEvent: (event: DeviceEvent) => void;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_SECONDS = 30;
/** As many requests a device remembers, to recognize those that come again. */
const REMEMBERED_REQUESTS = 50;
/** Node.js fires longer timers immediately. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const FETCH_ATTEMPTS = 5;
const FETCH_RETRY_SECONDS = 2;
const FETCH_IDLE_SECONDS = 30;

/** A simulated device: an agent, its timers and its MQTT connection. */
export class Device {
  #state: AgentState;
  #client: MqttClient | undefined;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #closed = new AbortController();
  /** How often the device has drawn a random number. */
  #draws = 0;
  /** Whether the agent keeps the connection closed. */
  #disconnected = false;
  /** Whether there is a connection: it opens, is open, or is not closed yet. */
  #exists = false;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  readonly #requests = new Set<string>();

  constructor(readonly options: DeviceOptions) {
    this.#state = createAgent(options.config, options.firmwareVersion);
  }

  get thingName(): string {
    return this.options.config.thingName;
  }

  get state(): AgentState {
    return this.#state;
  }

  get connected(): boolean {
    return this.#client?.connected ?? false;
  }

  /** Connects and starts the agent. @throws Error with the last connection error on timeout */
  connect(): Promise<void> {
    const { mqttUrl, connectTimeoutSeconds, onEvent } = this.options;
    const client = connect(mqttUrl, connectOptions(this.options));
    this.#client = client;
    this.#exists = true;
    let lastError = 'the connection was closed';
    client.on('message', (topic, payload, { properties }) => {
      if (this.#isRepeated(payload)) return;
      const responseTopic = properties?.responseTopic;
      this.#input({ kind: 'message', topic, payload, ...(responseTopic !== undefined && { responseTopic }) });
    });
    client.on('error', (error) => {
      lastError = error.message;
      onEvent({ kind: 'error', detail: error.message });
    });
    client.on('close', () => {
      this.#exists = false;
      if (!this.#disconnected) this.#connectAfter(this.#retryDelay(this.#failures++));
      onEvent({ kind: 'disconnected', detail: lastError });
    });
    return new Promise((resolve, reject) => {
      const giveUp = setTimeout(() => {
        client.end(true);
        reject(
          new Error(`${this.thingName} cannot connect to ${mqttUrl} within ${connectTimeoutSeconds} s: ${lastError}`),
        );
      }, connectTimeoutSeconds * 1000);
      let first = true;
      client.on('connect', () => {
        // An attempt that was under way when the agent closed the connection.
        if (this.#disconnected) return client.stream.destroy();
        const filter = subscriptionOf(this.options.config);
        client.subscribe(filter, { qos: 1 }, (error) => {
          if (error) {
            lastError = `cannot subscribe to ${filter}: ${error.message}`;
            onEvent({ kind: 'error', detail: lastError });
            if (client.connected) client.stream.destroy();
            return;
          }
          this.#failures = 0;
          onEvent({ kind: 'connected', detail: mqttUrl });
          if (first) this.#input({ kind: 'started' });
          first = false;
          this.#input({ kind: 'connected' });
          clearTimeout(giveUp);
          resolve();
        });
      });
    });
  }

  /** Stops the timers and disconnects. */
  async close(): Promise<void> {
    this.#closed.abort();
    clearTimeout(this.#retry);
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    // Forced if not connected: then there is nothing to wait for.
    await this.#client?.endAsync(!this.#client.connected);
  }

  /** From 0 to below 1: the same numbers for the same seed. */
  #random(): number {
    const { seed, thingName } = this.options.config;
    return seeded(seed, thingName, 'device', this.#draws++);
  }

  /**
   * Milliseconds: full jitter over a time that doubles with each failure, so that a fleet does not reconnect all at once
   * (https://docs.aws.amazon.com/prescriptive-guidance/latest/cloud-design-patterns/retry-backoff.html), after the second for which
   * AWS IoT accepts one connection of a client (https://docs.aws.amazon.com/general/latest/gr/iot-core.html).
   */
  #retryDelay(failures: number): number {
    const { longestRetrySeconds = LONGEST_RETRY_SECONDS } = this.options;
    const longest = longestRetrySeconds * 1000;
    const first = Math.min(FIRST_RETRY_MS, longest / 2);
    return first + this.#random() * (Math.min(longest, first * 2 ** (failures + 1)) - first);
  }

  /**
   * One connection after the other: the broker allows one per client id. The client's own attempts may overlap, and would end
   * each other for ever. It keeps what it could not deliver.
   */
  #connectAfter(milliseconds: number): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      if (this.#exists || this.#disconnected || this.#closed.signal.aborted || !this.#client) return;
      this.#exists = true;
      const { incomingStore, outgoingStore } = this.#client;
      this.#client.reconnect({ incomingStore, outgoingStore });
    }, milliseconds);
  }

  #disconnect(): void {
    if (!this.#client) return;
    this.#disconnected = true;
    this.#client.stream.destroy();
  }

  #reconnect(): void {
    if (!this.#disconnected) return void this.#client?.stream.destroy();
    this.#disconnected = false;
    // One that is not closed yet is followed by the next when it is.
    if (!this.#exists) this.#connectAfter(0);
  }

  /**
   * Whether a request of a persistent session has come before: a broker that did not see the acknowledgement sends a message
   * again (MQTT 3.1.1, 4.4), and its answer is on its way already.
   */
  #isRepeated(payload: Buffer): boolean {
    if (!this.options.persistentSession) return false;
    const request = payload.toString('base64');
    if (this.#requests.has(request)) return true;
    this.#requests.add(request);
    for (const oldest of this.#requests) {
      if (this.#requests.size <= REMEMBERED_REQUESTS) break;
      this.#requests.delete(oldest);
    }
    return false;
  }

  #input(input: Input): void {
    const { state, actions } = agentStep(this.#state, input, Date.now());
    this.#state = state;
    for (const action of actions) this.#perform(action);
  }

  async #fetch(command: Download): Promise<void> {
    const { timeScale } = this.options.config;
    const failure = await fetchFirmware(command.source, {
      maxAttempts: FETCH_ATTEMPTS,
      retrySeconds: FETCH_RETRY_SECONDS * timeScale,
      idleSeconds: FETCH_IDLE_SECONDS,
      signal: this.#closed.signal,
    });
    if (this.#closed.signal.aborted) return;
    this.#input({ kind: 'fetched', command, ...(failure && { failure }) });
  }

  #perform(action: Action): void {
    const { onEvent } = this.options;
    switch (action.kind) {
      case 'publish':
        this.#client?.publish(action.topic, Buffer.from(action.payload), publishOptions(action), (error) =>
          onEvent(
            error
              ? { kind: 'error', detail: `${action.label} was not delivered: ${error.message}` }
              : { kind: 'published', detail: action.label },
          ),
        );
        return;
      case 'schedule': {
        const timer = setTimeout(
          () => {
            this.#timers.delete(timer);
            this.#input({ kind: 'due', step: action.step });
          },
          Math.min(LONGEST_TIMER_MS, (action.seconds + this.#random() * (action.jitterSeconds ?? 0)) * 1000),
        );
        this.#timers.add(timer);
        return;
      }
      case 'fetch':
        void this.#fetch(action.command);
        return;
      case 'disconnect':
        this.#disconnect();
        return;
      case 'reconnect':
        this.#reconnect();
        return;
      case 'report':
        onEvent(action.event);
    }
  }
}
