import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import type { Environment, Principal, Report } from './core/api';
import { ACCOUNT_PRINCIPAL } from './core/api';
import { systemClock } from './core/clock';
import { createApi } from './core/create-api';
import { deployTemplate } from './deploy/deploy-template';
import { createDynamoDbService } from './services/dynamodb/dynamodb-service';
import { createEventsService } from './services/events/events-service';
import { createAuthorizer } from './services/iam/authorizer';
import { createIotJobsDataService } from './services/iot-jobs-data/iot-jobs-data-service';
import { createIotService, type IotService, type JobExecutionChange } from './services/iot/iot-service';
import { createLambdaService } from './services/lambda/lambda-service';
import { createBroker } from './services/mqtt/broker';
import { createIotDataService } from './services/mqtt/iot-data-service';
import { createLocalCa } from './services/mqtt/local-ca';
import { createRulesEngine } from './services/rules/rules-engine';
import { createS3Service } from './services/s3/s3-service';
import { createSecretsService } from './services/secretsmanager/secrets-service';
import { createSnsService } from './services/sns/sns-service';
import { createSqsService } from './services/sqs/sqs-service';
import { createStatesService, type StateEntered } from './services/states/states-service';
import { createStsService } from './services/sts/sts-service';
import { createHttpFrontEnd } from './wire/http-front-end';

export interface EmbeddedAwsOptions {
  readonly stackName: string;
  /** 0 takes a free port. */
  readonly httpPort: number;
  readonly mqttPort: number;
  /** Also listen with mutual TLS. */
  readonly tlsPort?: number;
  readonly parameters?: Readonly<Record<string, string>>;
  /** The project's template.yaml by default. */
  readonly templatePath?: string;
  readonly report: Report;
}

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

export interface EmbeddedAws {
  readonly endpointUrl: string;
  readonly mqttUrl: string;
  /** The listener with mutual TLS, when there is one. */
  readonly tls?: { readonly url: string; readonly caFile: string };
  readonly region: string;
  readonly accountId: string;
  /** For clients of the SDK. */
  readonly clientConfig: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** An output of the stack. @throws Error when the template has none of that name */
  output(name: string): string;
  metrics(): LocalMetrics;
  resetMetrics(): void;
  /** Executions of state machines that run now. */
  runningExecutions(): number;
  /** Resolves when no rule and no asynchronous invocation is at work. */
  idle(): Promise<void>;
  onStateEntered(listener: (entered: StateEntered) => void): () => void;
  onJobExecutionChanged(listener: (change: JobExecutionChange) => void): () => void;
  close(): Promise<void>;
}

const ENVIRONMENT: Environment = { accountId: '000000000000', region: 'us-east-1' };
const ROLE_KEY_PREFIX = 'LOCALROLE';

const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** Access keys of roles: functions sign with them, and the front end knows the role again. */
const roleKeys = () => {
  const roles = new Map<string, string>();
  return {
    credentialsFor: (roleArn: string) => {
      const accessKeyId = `${ROLE_KEY_PREFIX}${createHash('sha256').update(roleArn).digest('hex').slice(0, 16)}`;
      roles.set(accessKeyId, roleArn);
      return { accessKeyId, secretAccessKey: 'local' };
    },
    principalOf: (accessKeyId: string): Principal => {
      const roleArn = roles.get(accessKeyId);
      return roleArn === undefined ? ACCOUNT_PRINCIPAL : { kind: 'role', roleArn };
    },
  };
};

/** Addresses at which custom resources leave their answers, once each. */
const answerDesk = (endpointUrl: () => string) => {
  const waiting = new Map<string, (answer: unknown) => void>();
  return {
    expectAnswer: () => {
      const path = `/cloudformation-response/${randomUUID()}`;
      const answer = new Promise<unknown>((resolve) => waiting.set(path, resolve));
      return { url: `${endpointUrl()}${path}`, answer };
    },
    extraRoutes: async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
      const resolve = waiting.get(request.url ?? '');
      if (request.method !== 'PUT' || !resolve) return false;
      waiting.delete(request.url ?? '');
      resolve(await json(request));
      response.writeHead(200).end();
      return true;
    },
  };
};

/**
 * Starts all emulated services on 127.0.0.1 and deploys the project's template to them.
 * @throws Error when a port is taken; TemplateError when the template cannot be honoured
 */
export const startEmbeddedAws = async (options: EmbeddedAwsOptions): Promise<EmbeddedAws> => {
  const { report, stackName, templatePath = join(__dirname, '..', 'template.yaml'), parameters = {} } = options;
  const clock = systemClock;
  const environment = ENVIRONMENT;
  const workDirectory = await mkdtemp(join(tmpdir(), 'wme-local-'));
  const closers: (() => Promise<void> | void)[] = [() => rm(workDirectory, { recursive: true, force: true })];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const keys = roleKeys();
    const authorizer = createAuthorizer();
    const api = createApi({ authorizer, report });
    const ca = await createLocalCa();
    let endpointUrl = '';
    let iot: IotService | undefined;
    const desk = answerDesk(() => endpointUrl);
    const frontEnd = await createHttpFrontEnd({
      api,
      port: options.httpPort,
      principalOf: keys.principalOf,
      extraRoutes: desk.extraRoutes,
      report,
    });
    endpointUrl = frontEnd.url;
    closers.push(() => frontEnd.close());
    const broker = await createBroker({
      clock,
      report,
      environment,
      host: '127.0.0.1',
      port: options.mqttPort,
      ...(options.tlsPort !== undefined && {
        tls: {
          port: options.tlsPort,
          ca: ca.caCertificatePem,
          ...ca.server,
          allows: (...request) => iot?.policyAllows(...request) ?? false,
        },
      }),
    });
    closers.push(() => broker.close());
    let deviceMessages = 0;
    broker.onMessage(({ clientId }) => {
      if (clientId !== undefined) deviceMessages += 1;
    });
    iot = createIotService({
      clock,
      bus: broker,
      environment,
      endpointAddress: () => `127.0.0.1:${broker.port}`,
      certificateAuthority: ca,
      report,
    });
    const things = iot;
    closers.push(() => things.close());
    const dynamodb = createDynamoDbService({ environment });
    closers.push(() => dynamodb.close());
    const sqs = createSqsService({ clock, environment, endpointUrl: () => endpointUrl });
    const s3 = createS3Service({ clock, environment });
    const lambda = createLambdaService({
      clock,
      api,
      report,
      environment,
      endpointUrl: () => endpointUrl,
      credentialsFor: keys.credentialsFor,
    });
    closers.push(() => lambda.close());
    const rules = createRulesEngine({
      api,
      bus: broker,
      environment,
      report,
      clock,
      principalOf: broker.principalOf,
      invokeLambda: lambda.invokeAsync,
      loadObject: s3.getObject,
    });
    closers.push(() => rules.close());
    const events = createEventsService({ clock, environment, invokeLambda: lambda.invokeAsync });
    closers.push(() => events.close());
    const states = createStatesService({
      clock,
      api,
      environment,
      report,
      onStatusChange: (detail) =>
        events.publish({
          source: 'aws.states',
          detailType: 'Step Functions Execution Status Change',
          resources: [detail.executionArn],
          detail: { ...detail },
        }),
    });
    closers.push(() => states.close());
    const { operations: ruleOperations } = rules;
    for (const service of [
      {
        ...iot,
        operations: { ...iot.operations, ...ruleOperations },
        resourcesOf: (operation: string, input: Readonly<Record<string, unknown>>) =>
          (Object.hasOwn(ruleOperations, operation) ? rules : things).resourcesOf(operation, input),
      },
      createIotJobsDataService({ iot }),
      createIotDataService({ bus: broker, environment, retained: broker.retained }),
      dynamodb,
      s3,
      lambda,
      states,
      createSnsService({
        clock,
        environment,
        report,
        deliverToLambda: lambda.invokeAsync,
        deliverToSqs: (queueArn, body, attributes) => void sqs.send(queueArn, body, attributes),
      }),
      sqs,
      createStsService({ environment }),
      createSecretsService({ clock, environment }),
    ])
      api.register(service);
    const stack = await deployTemplate({
      templatePath,
      stackName,
      parameters,
      environment,
      buildDirectory: workDirectory,
      targets: {
        api,
        createFunction: lambda.createFunction,
        createStateMachine: states.createStateMachine,
        createRule: rules.createRule,
        createEventRule: events.createRule,
        setRolePolicies: authorizer.setRolePolicies,
        expectAnswer: desk.expectAnswer,
      },
    });
    const caFile = join(workDirectory, 'ca.pem');
    await writeFile(caFile, ca.caCertificatePem);
    let failuresBefore = 0;
    const ruleFailures = () => sum({ ...rules.failures() });
    return {
      endpointUrl,
      mqttUrl: `mqtt://127.0.0.1:${broker.port}`,
      ...(broker.tlsPort !== undefined && { tls: { url: `mqtts://127.0.0.1:${broker.tlsPort}`, caFile } }),
      ...environment,
      clientConfig: {
        endpoint: endpointUrl,
        region: environment.region,
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      },
      output: (name) => {
        const value = stack.outputs[name];
        if (value === undefined) throw new Error(`The stack has no output ${name}.`);
        return value;
      },
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
      runningExecutions: () => states.stats().running,
      idle: async () => {
        await rules.settled();
        await lambda.idle();
      },
      onStateEntered: states.onStateEntered,
      onJobExecutionChanged: iot.onJobExecutionChanged,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};
