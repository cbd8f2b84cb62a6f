import type { Environment, Report, ServiceModule } from '../core/api';
import type { Clock } from '../core/clock';
import type { Deliveries } from '../core/disturbance';
import type { MessageBus } from '../core/mqtt';
import type { LocalApi } from '../core/create-api';
import type { LocalAuthorizer } from '../services/iam/authorizer';
import { createIamService } from '../services/iam/iam-service';
import { createIotJobsDataService } from '../services/iot-jobs-data/iot-jobs-data-service';
import type { IotService } from '../services/iot/iot-service';
import type { LambdaService } from '../services/lambda/lambda-service';
import type { Broker } from '../services/mqtt/broker';
import { createIotDataService } from '../services/mqtt/iot-data-service';
import type { RulesEngine } from '../services/rules/rules-engine';
import { createSecretsService } from '../services/secretsmanager/secrets-service';
import { createSnsService } from '../services/sns/sns-service';
import type { SqsService } from '../services/sqs/sqs-service';
import type { Store } from '../store/store';
import { createStsService } from '../services/sts/sts-service';

export interface StartedServices {
  readonly api: LocalApi;
  readonly broker: Broker;
  readonly iot: IotService;
  readonly dynamodb: ServiceModule;
  readonly s3: ServiceModule;
  readonly sqs: SqsService;
  readonly lambda: LambdaService;
  readonly rules: RulesEngine;
  readonly states: ServiceModule;
  readonly cloudformation: ServiceModule;
  readonly authorizer: LocalAuthorizer;
}

interface RegisterOptions {
  readonly clock: Clock;
  readonly environment: Environment;
  readonly report: Report;
  readonly store: Store;
  readonly deliveries: Deliveries;
}

/** The broker as the data plane uses it: a QoS 1 message reaches its subscribers at least once. */
const dataPlaneBus = (broker: Broker, deliveries: Deliveries): MessageBus => ({
  onMessage: broker.onMessage,
  publish: (message) =>
    message.qos === 1
      ? deliveries.deliver({ kind: 'to-device', message }, () => broker.publish(message))
      : broker.publish(message),
});

/** AWS IoT is one service to its callers; here the registry and the rules engine share its operations. */
const iotWithRules = (iot: IotService, rules: RulesEngine): ServiceModule => ({
  ...iot,
  operations: { ...iot.operations, ...rules.operations },
  resourcesOf: (operation, input) =>
    (Object.hasOwn(rules.operations, operation) ? rules : iot).resourcesOf(operation, input),
});

/** Makes every service callable, including those that have nothing to start. */
export const registerServices = (
  { api, broker, iot, dynamodb, s3, sqs, lambda, rules, states, cloudformation, authorizer }: StartedServices,
  { clock, environment, report, store, deliveries }: RegisterOptions,
): void => {
  const sns = createSnsService({
    clock,
    environment,
    report,
    store,
    deliverToLambda: lambda.invokeAsync,
    deliverToSqs: (queueArn, body, attributes) => void sqs.send(queueArn, body, attributes),
  });
  const services: readonly ServiceModule[] = [
    ...[iotWithRules(iot, rules), createIotJobsDataService({ iot })],
    createIotDataService({
      ...{ clock, environment, retained: broker.retained },
      bus: dataPlaneBus(broker, deliveries),
    }),
    ...[dynamodb, s3, lambda, states, sns, sqs],
    ...[createStsService({ environment }), createSecretsService({ clock, environment, store })],
    ...[cloudformation, createIamService({ clock, environment, hasRole: authorizer.hasRole })],
  ];
  for (const service of services) api.register(service);
};
