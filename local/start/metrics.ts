import type { Services } from './start-services';

/** Counts since the start or the last reset. */
export interface LocalMetrics {
  readonly stateTransitions: number;
  readonly sdkCalls: number;
  /** The same by `<service>:<Operation>`. */
  readonly calls: Readonly<Record<string, number>>;
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly lambdaInvocations: number;
  /** MQTT messages that clients published. */
  readonly deviceMessages: number;
  readonly deadLetters: number;
  readonly ruleFailures: number;
}

export interface Meter {
  metrics(): LocalMetrics;
  resetMetrics(): void;
}

const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** Collects what the services count. */
export const createMeter = ({ api, broker, dynamodb, lambda, rules, states }: Services): Meter => {
  let deviceMessages = 0;
  broker.onMessage(({ clientId }) => {
    if (clientId !== undefined) deviceMessages += 1;
  });
  // The rules engine's counts only grow, so a reset remembers their value.
  let failuresBefore = 0;
  const ruleFailures = () => sum({ ...rules.failures() });
  return {
    metrics: () => {
      const { invocations, deadLetters } = lambda.counts();
      return {
        stateTransitions: states.stats().transitions,
        sdkCalls: sum(api.counts('role')),
        calls: api.counts('role'),
        readUnits: sum(dynamodb.readUnits()),
        writeUnits: sum(dynamodb.writeUnits()),
        lambdaInvocations: invocations,
        deviceMessages,
        deadLetters,
        ruleFailures: ruleFailures() - failuresBefore,
      };
    },
    resetMetrics: () => {
      deviceMessages = 0;
      api.resetCounts();
      dynamodb.resetCounts();
      lambda.resetCounts();
      states.resetStats();
      failuresBefore = ruleFailures();
    },
  };
};
