import type { LocalMetrics } from '../local/embedded-aws';
import type { Counts } from './limits';

/** Made once per job, by JobsCreateJob: no part of an upgrade. */
const CALLS_OF_THE_JOB = new Set(['iot:DescribeJobTemplate', 'iot:CreateJob']);
const INVOCATIONS_OF_THE_JOB = 1;

/** By the state machine, for its waits: counted with the invocations, as those of topic and rules are. */
const INVOCATION = 'lambda:Invoke';

/** TransferComplete!, OperationComplete and Boot!. */
const EVENTS_OF_AN_UPGRADE = 3;

const READS = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan', 'TransactGetItems']);

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** Counts per upgrade, from the metrics of one job whose upgrades have all succeeded. The limits of some are in limits.ts. */
export const countsOf = (metrics: LocalMetrics, devices: number): Counts => {
  const calls = Object.entries(metrics.calls).filter(([name]) => !CALLS_OF_THE_JOB.has(name));
  const dynamoDb = calls.flatMap(([name, count]) => {
    const [service, operation = ''] = name.split(':');
    return service === 'dynamodb' ? [{ isRead: READS.has(operation), count }] : [];
  });
  const total = (isRead: boolean) => sum(dynamoDb.filter((call) => call.isRead === isRead).map(({ count }) => count));
  const counts = {
    'state transitions': metrics.stateTransitions,
    'AWS calls': sum(calls.flatMap(([name, count]) => (name === INVOCATION ? [] : [count]))),
    'DynamoDB writes': total(false),
    'DynamoDB reads': total(true),
    'reads per device event': metrics.readUnits / EVENTS_OF_AN_UPGRADE,
    'Lambda invocations': metrics.lambdaInvocations - INVOCATIONS_OF_THE_JOB,
    'device messages': metrics.deviceMessages,
    'DynamoDB read units': metrics.readUnits,
    'DynamoDB write units': metrics.writeUnits,
    ...Object.fromEntries(calls),
  };
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count / devices]));
};
