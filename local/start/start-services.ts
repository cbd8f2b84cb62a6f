import type { Environment, Report } from '../core/api';
import { type Backlog, createBacklog } from '../core/backlog';
import type { Clock } from '../core/clock';
import { createDeliveries, type Deliveries, type Disturbance, UNDISTURBED } from '../core/disturbance';
import { createCloudFormationService } from '../services/cloudformation/cloudformation-service';
import { createDynamoDbService } from '../services/dynamodb/dynamodb-service';
import { createEventsService } from '../services/events/events-service';
import { createLambdaService } from '../services/lambda/lambda-service';
import { createRulesEngine } from '../services/rules/rules-engine';
import { createS3Service } from '../services/s3/s3-service';
import { createSqsService } from '../services/sqs/sqs-service';
import { createStatesService } from '../services/states/states-service';
import type { Store } from '../store/store';
import type { Closers } from './closers';
import { type Entrance, startEntrance } from './entrance';
import { registerServices } from './register-services';
import { type Devices, startDevices } from './start-devices';

export interface ServicesOptions {
  readonly httpPort: number;
  readonly mqttPort: number;
  readonly tlsPort?: number;
  readonly report: Report;
  readonly clock: Clock;
  readonly environment: Environment;
  readonly store: Store;
  /** Makes the services misbehave. */
  readonly disturbance?: Disturbance;
}

/** With what all services share. */
interface Shared extends ServicesOptions {
  readonly disturbance: Disturbance;
  readonly deliveries: Deliveries;
  readonly backlog: Backlog;
}

/** Invocations, and calls of roles, that keep two cores busy. */
const SHORT_BACKLOG = 50;

/** What functions use: tables, queues, objects, and Lambda itself. */
const startBackEnd = (shared: Shared, entrance: Entrance, closers: Closers) => {
  const { clock, environment, report, store, disturbance, deliveries, backlog } = shared;
  const endpointUrl = () => entrance.endpointUrl;
  const dynamodb = createDynamoDbService({ clock, environment, report, store });
  closers.add(() => dynamodb.close());
  const sqs = createSqsService({ clock, environment, endpointUrl, store });
  const s3 = createS3Service({ clock, environment, store });
  const lambda = createLambdaService({
    clock,
    api: entrance.api,
    report,
    store,
    environment,
    endpointUrl,
    credentialsFor: entrance.keys.credentialsFor,
    ...{ disturbance, deliveries, backlog, running: entrance.running },
  });
  closers.add(() => lambda.close());
  return { dynamodb, sqs, s3, lambda, cloudformation: createCloudFormationService({ clock }) };
};

type BackEnd = ReturnType<typeof startBackEnd>;

/** Rules for device messages, state machines, and EventBridge for their status changes. */
const startReactions = (
  { clock, environment, report, store, deliveries }: Shared,
  { api }: Entrance,
  { broker }: Devices,
  { lambda, s3, sqs }: BackEnd,
  closers: Closers,
) => {
  const rules = createRulesEngine({
    api,
    bus: broker,
    environment,
    report,
    clock,
    store,
    deliveries,
    principalOf: broker.principalOf,
    invokeLambda: lambda.invokeAsync,
    loadObject: s3.getObject,
  });
  closers.add(() => rules.close());
  const { invokeAsync } = lambda;
  const events = createEventsService({
    ...{ clock, environment, report, store },
    ...{ invokeLambda: invokeAsync, sendToQueue: sqs.send },
  });
  closers.add(() => events.close());
  const states = createStatesService({
    clock,
    api,
    environment,
    report,
    store,
    onStatusChange: (detail) =>
      events.publish({
        source: 'aws.states',
        detailType: 'Step Functions Execution Status Change',
        resources: [detail.executionArn],
        detail: { ...detail },
      }),
  });
  closers.add(() => states.close());
  return { rules, events, states };
};

export interface Services extends Entrance, Devices, BackEnd, ReturnType<typeof startReactions> {
  readonly deliveries: Deliveries;
}

/**
 * Starts all emulated services on 127.0.0.1: empty, or with what the store has.
 * @throws Error when a port is taken
 */
export const startServices = async (options: ServicesOptions, closers: Closers): Promise<Services> => {
  const { disturbance = UNDISTURBED, clock } = options;
  const deliveries = createDeliveries(disturbance, clock);
  const shared: Shared = { ...options, disturbance, deliveries, backlog: createBacklog(SHORT_BACKLOG) };
  const entrance = await startEntrance(shared, closers);
  const devices = await startDevices(shared, closers);
  const backEnd = startBackEnd(shared, entrance, closers);
  const services = {
    ...entrance,
    ...devices,
    ...backEnd,
    ...startReactions(shared, entrance, devices, backEnd, closers),
    deliveries,
  };
  registerServices(services, shared);
  return services;
};
