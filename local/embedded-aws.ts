import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment, Report } from './core/api';
import { systemClock } from './core/clock';
import type { MessageBus } from './core/mqtt';
import type { Disturbance } from './core/disturbance';
import { deployTemplate } from './deploy/deploy-template';
import type { DeployedStack } from './services/cloudformation/cloudformation-service';
import type { JobExecutionChange } from './services/iot/iot-service';
import type { ExecutionStatusChange } from './services/states/execution';
import type { StateEntered } from './services/states/states-service';
import { createStackRecord } from './deploy/stack-record';
import { type Closers, createClosers } from './start/closers';
import { openDataDirectory } from './store/data-directory';
import { createDurableStore } from './store/durable-store';
import { createMemoryStore, type Store } from './store/store';
import { createMeter, type LocalMetrics, type Meter } from './start/metrics';
import { type Services, startServices } from './start/start-services';

export type { LocalMetrics };

export interface EmbeddedAwsOptions {
  readonly stackName: string;
  /** 0 takes a free port. */
  readonly httpPort: number;
  readonly mqttPort: number;
  /** Also listen with mutual TLS. */
  readonly tlsPort?: number;
  /** A directory that keeps everything over a restart; without it everything is in memory. */
  readonly data?: { readonly directory: string; readonly reset?: boolean };
  readonly parameters?: Readonly<Record<string, string>>;
  /** The project's template.yaml by default. */
  readonly templatePath?: string;
  readonly report: Report;
  /** Makes the services misbehave; default: they do not. */
  readonly disturbance?: Disturbance;
}

export interface EmbeddedAws extends Meter, Pick<MessageBus, 'onMessage'> {
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
  /** Executions of state machines that are running. */
  runningExecutions(): number;
  /** Resolves when no rule and no asynchronous invocation is running, and nothing is under way. */
  idle(): Promise<void>;
  /** The operating system's numbers of the threads that run functions; none where that is not Linux. */
  handlerThreads(): readonly number[];
  onStateEntered(listener: (entered: StateEntered) => void): () => void;
  /** Executions of state machines that start or end. */
  onExecutionChanged(listener: (change: ExecutionStatusChange) => void): () => void;
  onJobExecutionChanged(listener: (change: JobExecutionChange) => void): () => void;
  close(): Promise<void>;
}

const ENVIRONMENT: Environment = { accountId: '000000000000', region: 'us-east-1' };

const TEMPLATE_PATH = join(__dirname, '..', 'template.yaml');

const deploy = (
  options: EmbeddedAwsOptions,
  services: Services,
  store: Store,
  buildDirectory: string,
): Promise<DeployedStack> => {
  const { stackName, templatePath = TEMPLATE_PATH, parameters = {}, report } = options;
  const { api, lambda, states, rules, events, authorizer, responses, endpointUrl } = services;
  return deployTemplate({
    templatePath,
    stackName,
    parameters,
    environment: ENVIRONMENT,
    buildDirectory,
    targets: {
      api,
      createFunction: lambda.createFunction,
      createStateMachine: states.createStateMachine,
      createRule: rules.createRule,
      createEventRule: events.createRule,
      setRolePolicies: authorizer.setRolePolicies,
      record: createStackRecord(store),
      report,
      expectAnswer: () => responses.expect(endpointUrl),
    },
  });
};

/** The public interface of the started services. */
const facade = (services: Services, stack: DeployedStack, caFile: string, close: () => Promise<void>): EmbeddedAws => {
  const { endpointUrl, broker, states, iot, rules, lambda, deliveries } = services;
  return {
    ...createMeter(services),
    endpointUrl,
    mqttUrl: `mqtt://127.0.0.1:${broker.port}`,
    ...(broker.tlsPort !== undefined && { tls: { url: `mqtts://127.0.0.1:${broker.tlsPort}`, caFile } }),
    ...ENVIRONMENT,
    clientConfig: {
      endpoint: endpointUrl,
      region: ENVIRONMENT.region,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    },
    output: (name) => {
      const value = stack.outputs[name];
      if (value === undefined) throw new Error(`The stack has no output ${name}.`);
      return value;
    },
    runningExecutions: () => states.stats().running,
    idle: async () => {
      do {
        await deliveries.settled();
        await rules.settled();
        await lambda.idle();
      } while (deliveries.underWay() > 0);
    },
    handlerThreads: lambda.systemThreads,
    onMessage: broker.onMessage,
    onExecutionChanged: states.onExecutionChanged,
    onStateEntered: states.onStateEntered,
    onJobExecutionChanged: iot.onJobExecutionChanged,
    close,
  };
};

/**
 * Without a data directory nothing is kept, and the files are in one that is deleted at the end: the tables, which would
 * take ever more memory, bundles, and the CA's certificate.
 * @throws DataDirectoryError
 */
const openStore = async ({ data, stackName }: EmbeddedAwsOptions, closers: Closers) => {
  if (!data) {
    const path = await mkdtemp(join(tmpdir(), 'wme-local-'));
    closers.add(() => rm(path, { recursive: true, force: true }));
    return { store: createMemoryStore(path), path };
  }
  const directory = openDataDirectory(data.directory, stackName, data.reset ?? false);
  closers.add(directory.release);
  return { store: createDurableStore(directory.path), path: directory.path };
};

/**
 * Starts all emulated services on 127.0.0.1 and deploys the project's template to them. With a data directory they go on
 * where the process before this one ended, however it ended.
 * @throws Error when a port is taken; TemplateError when the template cannot be deployed; DataDirectoryError
 */
export const startEmbeddedAws = async (options: EmbeddedAwsOptions): Promise<EmbeddedAws> => {
  const closers = createClosers();
  try {
    const { store, path } = await openStore(options, closers);
    const workDirectory = join(path, 'build');
    await mkdir(workDirectory, { recursive: true });
    const services = await startServices({ ...options, store, clock: systemClock, environment: ENVIRONMENT }, closers);
    // First of all: what the services do as they stop is not to be found at the next start.
    closers.add(store.close);
    const stack = await deploy(options, services, store, workDirectory);
    services.cloudformation.add(stack);
    store.start();
    const caFile = join(workDirectory, 'ca.pem');
    await writeFile(caFile, services.ca.caCertificatePem);
    return facade(services, stack, caFile, closers.closeAll);
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
};
