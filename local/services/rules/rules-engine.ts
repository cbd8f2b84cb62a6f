import type { OperationHandler, Report } from '../../core/api';
import { type Clock, systemClock } from '../../core/clock';
import type { MessageBus, MqttMessage } from '../../core/mqtt';
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
}

/** The rules of one deployment, listening to the broker. */
export interface RulesEngine {
  /** @throws AwsError SqlParseException with the place in the statement, InvalidRequestException, ResourceAlreadyExistsException */
  createRule(definition: RuleDefinition): { ruleArn: string };
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

/** IoT Jobs sends responses to the device that asked; AWS IoT does not pass them to rules. */
const HIDDEN_FROM_RULES = /^\$aws\/things\/[^/]+\/jobs\/.*\/(accepted|rejected)$/;

/** Starts the rules engine on a message bus. */
export const createRulesEngine = (deps: RulesEngineDeps): RulesEngine => {
  const { bus, environment, report, clock = systemClock, principalOf } = deps;
  const decoder = createProtoDecoder(deps.loadObject, clock);
  const failures: Record<FailureKind, number> = { decode: 0, evaluation: 0, action: 0 };
  const rules = new Map<string, Rule>();
  const running = new Set<Promise<void>>();

  const store: RuleStore = {
    rules,
    build: (definition) => buildRule(definition, deps, new Date(clock.now())),
    arnOf: (ruleName) => `arn:aws:iot:${environment.region}:${environment.accountId}:rule/${ruleName}`,
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

  const contextOf = ({ topic, clientId, properties }: MqttMessage, segments: readonly string[]) => {
    const principal = clientId === undefined ? undefined : principalOf?.(clientId);
    return {
      topic,
      segments,
      accountId: environment.accountId,
      now: clock.now(),
      ...(clientId === undefined ? {} : { clientId }),
      ...(principal === undefined ? {} : { principal }),
      ...(properties === undefined ? {} : { properties }),
    };
  };

  const stop = bus.onMessage((message) => {
    const segments = message.topic.split('/');
    const matching = [...rules.values()].filter((rule) => !rule.disabled && rule.statement.from.matches(segments));
    if (matching.length === 0 || HIDDEN_FROM_RULES.test(message.topic)) return;
    const shared = incoming(message, contextOf(message, segments));
    for (const rule of matching) {
      const work = runRule(rule, shared, decoder, onFailure).finally(() => running.delete(work));
      running.add(work);
    }
  });

  return {
    createRule: (definition) => {
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
