import type { AwsError } from './aws-error';
import type { ServiceName } from './api';
import type { Clock } from './clock';
import type { MqttMessage } from './mqtt';

/** An attempt of a function to handle an event. */
export interface Invocation {
  readonly functionName: string;
  /** JSON */
  readonly event: string;
}

/** A call of a service by a role: a function's, a state machine's or a rule's. */
export interface RoleCall {
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly roleArn: string;
  /** Absent for state machines and rules. */
  readonly invocation?: Invocation;
}

/**
 * What goes wrong with a call. `takesEffect`: the service does what it was asked for all the same. The caller gets an error, finds its
 * connection closed (`none`), or is a function that ends with the call: its runtime exits (`exit`), or its time is over because the
 * answer never comes (`timeout`; local mode does not wait for that).
 */
export interface CallFault {
  readonly takesEffect: boolean;
  readonly answer: AwsError | 'none' | 'exit' | 'timeout';
}

/** Something that AWS delivers at least once, in any order. */
export type Delivery =
  /** To a function, asynchronously: from a topic, a rule or EventBridge. */
  | ({ readonly kind: 'event' } & Invocation)
  /** A message to the rules. */
  | { readonly kind: 'rules'; readonly message: MqttMessage }
  /** A QoS 1 message, from a client to the broker, or from the data plane to subscribers. */
  | { readonly kind: 'from-device' | 'to-device'; readonly message: MqttMessage };

/** Makes the platform misbehave within what AWS documents. Local mode knows no causes and no rates: whoever starts it decides. */
export interface Disturbance {
  /** @returns what goes wrong; undefined: nothing does */
  call(call: RoleCall): CallFault | undefined;
  /** @returns when each copy is delivered, in milliseconds from now: `[0]` is once, at once */
  deliver(delivery: Delivery): readonly number[];
  /** Whether the function's next invocation finds a new runtime. */
  isColdStart(invocation: Invocation): boolean;
}

/** A well platform. */
export const UNDISTURBED: Disturbance = { call: () => undefined, deliver: () => [0], isColdStart: () => false };

/** The caller of a service gets no answer: its connection ends. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** Delivers as a disturbance says. */
export interface Deliveries {
  /** Runs an at-once copy before it returns. */
  deliver(delivery: Delivery, run: () => void): void;
  /** Copies that are under way. */
  underWay(): number;
  /** Resolves when none is under way. */
  settled(): Promise<void>;
}

export const createDeliveries = (disturbance: Disturbance, clock: Clock): Deliveries => {
  let underWay = 0;
  const waiting: (() => void)[] = [];
  const arrived = () => {
    underWay -= 1;
    if (underWay > 0) return;
    for (const resolve of waiting.splice(0)) resolve();
  };
  return {
    deliver: (delivery, run) => {
      for (const delay of disturbance.deliver(delivery)) {
        if (delay <= 0) {
          run();
          continue;
        }
        underWay += 1;
        clock.setTimeout(() => {
          try {
            run();
          } finally {
            arrived();
          }
        }, delay);
      }
    },
    underWay: () => underWay,
    settled: () => (underWay === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
};
