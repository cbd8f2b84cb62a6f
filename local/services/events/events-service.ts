import { randomUUID } from 'node:crypto';
import type { Environment, Report } from '../../core/api';
import { AwsError } from '../../core/aws-error';
import type { Clock, Timer } from '../../core/clock';
import { createMemoryStore, type Store } from '../../store/store';
import type { MessageAttribute } from '../sqs/queue';
import { checkPattern, matchesPattern } from './event-pattern';

/** An EventBridge rule with the properties of CloudFormation. */
export interface EventRule {
  readonly name: string;
  readonly pattern?: unknown;
  /** `rate(5 minutes)` */
  readonly schedule?: string | undefined;
  readonly targets: readonly EventTarget[];
}

export interface EventTarget {
  readonly functionArn: string;
  readonly deadLetterQueueArn?: string | undefined;
}

/** An event that a service publishes to the default event bus. */
export interface ServiceEvent {
  readonly source: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface EventsService {
  /** @throws AwsError ValidationException; EventPatternError */
  createRule(rule: EventRule): { readonly ruleArn: string };
  publish(event: ServiceEvent): void;
  close(): void;
}

export interface EventsDeps {
  readonly clock: Clock;
  readonly environment: Environment;
  readonly store?: Store;
  /** @throws when the event is not accepted */
  readonly invokeLambda: (functionArn: string, event: unknown) => void;
  readonly sendToQueue: (
    queueArn: string,
    body: string,
    attributes: Readonly<Record<string, MessageAttribute>>,
  ) => void;
  readonly report: Report;
}

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** @returns milliseconds @throws AwsError ValidationException */
const periodOf = (schedule: string): number => {
  const [, count = '', unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule) ?? [];
  const period = Number(count) * (UNITS[unit] ?? 0);
  if (period > 0) return period;
  throw new AwsError(
    'ValidationException',
    `ScheduleExpression ${schedule}: local mode knows rate(n minutes|hours|days).`,
  );
};

/**
 * A target that does not exist is not tried again.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
const deadLetterAttributes = (ruleArn: string, targetArn: string, reason: string) => {
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  return {
    RULE_ARN: text(ruleArn),
    TARGET_ARN: text(targetArn),
    ERROR_CODE: text('NO_RESOURCE'),
    ERROR_MESSAGE: text(reason),
    RETRY_ATTEMPTS: text('0'),
  };
};

/** EventBridge's default bus: passes events of services, and schedules, to functions. */
export const createEventsService = (deps: EventsDeps): EventsService => {
  const { clock, environment, invokeLambda, sendToQueue, report, store = createMemoryStore() } = deps;
  const rules: EventRule[] = [];
  const timers = new Map<EventRule, Timer>();
  /** By name of the rule: its schedule, and when it fires next. */
  const schedules = new Map<string, { readonly schedule: string; readonly next: number }>();
  const kept = store.collection<{ readonly schedule: string; readonly next: number }>('event-schedules', (name) =>
    schedules.get(name),
  );
  const arnOf = (name: string) => `arn:aws:events:${environment.region}:${environment.accountId}:rule/${name}`;
  const envelope = ({ source, detailType, resources, detail }: ServiceEvent) => ({
    version: '0',
    id: randomUUID(),
    'detail-type': detailType,
    source,
    account: environment.accountId,
    time: new Date(clock.now()).toISOString(),
    region: environment.region,
    resources,
    detail,
  });
  const undelivered = (rule: EventRule, target: EventTarget, event: object, error: unknown) => {
    const { functionArn, deadLetterQueueArn } = target;
    const reason = error instanceof Error ? error.message : String(error);
    report({ level: 'error', source: 'events', message: `rule ${rule.name} cannot invoke ${functionArn}: ${reason}` });
    if (deadLetterQueueArn === undefined) return;
    const attributes = deadLetterAttributes(arnOf(rule.name), functionArn, reason);
    sendToQueue(deadLetterQueueArn, JSON.stringify(event), attributes);
  };
  const send = (rule: EventRule, event: object) => {
    for (const target of rule.targets) {
      try {
        invokeLambda(target.functionArn, event);
      } catch (error) {
        undelivered(rule, target, event, error);
      }
    }
  };
  const begin = (rule: EventRule, schedule: string) => {
    const period = periodOf(schedule);
    const fireAt = (next: number) => {
      schedules.set(rule.name, { schedule, next });
      kept.changed(rule.name);
      timers.set(rule, clock.setTimeout(fire, next - clock.now()));
    };
    const fire = () => {
      fireAt(clock.now() + period);
      const resources = [arnOf(rule.name)];
      send(rule, envelope({ source: 'aws.events', detailType: 'Scheduled Event', resources, detail: {} }));
    };
    const before = kept.saved.get(rule.name);
    const next = before?.schedule === schedule ? before.next : clock.now() + period;
    store.onStart(() => fireAt(next));
  };
  return {
    createRule: (rule) => {
      if (rule.pattern !== undefined) checkPattern(rule.pattern);
      if (rule.schedule !== undefined) begin(rule, rule.schedule);
      rules.push(rule);
      return { ruleArn: arnOf(rule.name) };
    },
    publish: (event) => {
      const full = envelope(event);
      for (const rule of rules) if (rule.pattern !== undefined && matchesPattern(rule.pattern, full)) send(rule, full);
    },
    close: () => {
      for (const timer of timers.values()) timer.cancel();
    },
  };
};
