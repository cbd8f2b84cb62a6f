import type { OperationHandler, Report } from '../../core/api';
import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '../../core/clock';
import { createDeliveries, type Deliveries, UNDISTURBED } from '../../core/disturbance';
import type { MessageBus, MqttMessage } from '../../core/mqtt';
import { createMemoryStore, type Store } from '../../store/store';
import type { ActionDeps } from './actions';
import { createProtoDecoder } from './proto-decoder';
import { type Rule, type RuleDefinition, buildRule } from './rule';
import { type RuleStore, addRule, createRuleOperations } from './rule-operations';
import { type FailureKind, type OnFailure, incoming, runRule } from './run-rule';

/** What the rules engine needs from the rest of local mode. */
interface RulesEngineDeps extends ActionDeps {
  readonly bus: MessageBus;
  readonly report: Report;
  /** Reads an object of S3, for descriptors. @throws when there is none */
  readonly loadObject: (bucket: string, key: string) => Promise<Buffer>;
  /** Certificate id of a connected MQTT client, for principal(). */
  readonly principalOf?: (clientId: string) => string | undefined;
  readonly clock?: Clock;
  readonly store?: Store;
  readonly deliveries?: Deliveries;
}

/** A rule as it is saved. */
interface SavedRule {
  readonly definition: RuleDefinition;
  readonly createdAt: Date;
}

/** The rules of one deployment, listening to the broker. */
export interface RulesEngine {
  /** @throws AwsError SqlParseException with the place in the statement, InvalidRequestException, ResourceAlreadyExistsException */
  createRule(definition: RuleDefinition & { readonly replaces?: boolean }): { ruleArn: string };
  /** CreateTopicRule and related operations, to be merged into the service `iot`. */
  readonly operations: Readonly<Record<string, OperationHandler>>;
  /** ARNs that a policy must allow for one of these operations. */
  resourcesOf(operation: string, input: Readonly<Record<string, unknown>>): readonly string[];
  /** How many failures there were, by kind. */
  failures(): Readonly<Record<FailureKind, number>>;
  /** Resolves when no message is being processed. */
  settled(): Promise<void>;
  /** Stops listening. */
  close(): void;
}

/** A message as the broker accepted it. */
interface Received {
  readonly message: MqttMessage;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Of its client then. */
  readonly principal?: string;
}

/** IoT Jobs sends responses to the device that asked; AWS IoT does not pass them to rules. */
const HIDDEN_FROM_RULES = /^\$aws\/things\/[^/]+\/jobs\/.*\/(accepted|rejected)$/;

/** Starts the rules engine on a message bus. */
export const createRulesEngine = (deps: RulesEngineDeps): RulesEngine => {
  const { bus, environment, report, clock = systemClock, principalOf, store: kept = createMemoryStore() } = deps;
  const { deliveries = createDeliveries(UNDISTURBED, clock) } = deps;
  const decoder = createProtoDecoder(deps.loadObject, clock);
  const failures: Record<FailureKind, number> = { decode: 0, evaluation: 0, action: 0 };
  const rules = new Map<string, Rule>();
  const running = new Set<Promise<void>>();

  const keptRules = kept.collection<SavedRule>('rules', (ruleName) => {
    const rule = rules.get(ruleName);
    return (
      rule && { definition: { ruleName, ...rule.definition, ruleDisabled: rule.disabled }, createdAt: rule.createdAt }
    );
  });
  for (const [ruleName, { definition, createdAt }] of keptRules.saved)
    rules.set(ruleName, buildRule(definition, deps, createdAt));
  /** Messages whose rules have not ended. Those that a restart interrupts run again. */
  const unfinished = new Map<string, Received>();
  const keptMessages = kept.collection<Received>('rule-messages', (id) => unfinished.get(id));

  const store: RuleStore = {
    rules,
    build: (definition) => buildRule(definition, deps, new Date(clock.now())),
    arnOf: (ruleName) => `arn:aws:iot:${environment.region}:${environment.accountId}:rule/${ruleName}`,
    changed: keptRules.changed,
  };

  const onFailure: OnFailure = (kind, { ruleName }, topic, cause) => {
    failures[kind] += 1;
    report({
      level: 'error',
      source: 'rules',
      message: `rule ${ruleName}, topic ${topic}: ${cause}`,
      details: { ruleName, topic, kind, cause },
    });
  };

  const contextOf = ({ message, principal, at }: Received, segments: readonly string[]) => {
    const { topic, clientId, properties } = message;
    return {
      topic,
      segments,
      accountId: environment.accountId,
      now: at,
      ...(clientId === undefined ? {} : { clientId }),
      ...(principal === undefined ? {} : { principal }),
      ...(properties === undefined ? {} : { properties }),
    };
  };

  const rulesFor = (segments: readonly string[]) =>
    [...rules.values()].filter((rule) => !rule.disabled && rule.statement.from.matches(segments));

  const handle = (id: string, received: Received) => {
    const segments = received.message.topic.split('/');
    const matching = rulesFor(segments);
    const shared = incoming(received.message, contextOf(received, segments));
    unfinished.set(id, received);
    keptMessages.changed(id);
    const work = Promise.all(matching.map((rule) => runRule(rule, shared, decoder, onFailure))).then(() => {
      running.delete(work);
      unfinished.delete(id);
      keptMessages.changed(id);
    });
    running.add(work);
  };
  for (const [id, received] of keptMessages.saved) {
    unfinished.set(id, received);
    kept.onStart(() => handle(id, received));
  }

  const stop = bus.onMessage((message) => {
    if (HIDDEN_FROM_RULES.test(message.topic) || rulesFor(message.topic.split('/')).length === 0) return;
    const { clientId } = message;
    const principal = clientId === undefined ? undefined : principalOf?.(clientId);
    const received = { message, at: clock.now(), ...(principal !== undefined && { principal }) };
    deliveries.deliver({ kind: 'rules', message }, () => handle(randomUUID(), received));
  });

  return {
    createRule: ({ replaces = false, ...definition }) => {
      if (replaces) rules.delete(definition.ruleName);
      addRule(store, definition);
      return { ruleArn: store.arnOf(definition.ruleName) };
    },
    operations: createRuleOperations(store),
    resourcesOf: (_operation, { ruleName }) => [typeof ruleName === 'string' ? store.arnOf(ruleName) : '*'],
    failures: () => ({ ...failures }),
    settled: async () => {
      while (running.size > 0) await Promise.all(running);
    },
    close: stop,
  };
};
