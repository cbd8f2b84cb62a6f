import { randomUUID } from 'node:crypto';
import type { AwsApi, Environment, Report, ServiceModule } from '../../core/api';
import { AwsError } from '../../core/aws-error';
import { type Backlog, NO_BACKLOG } from '../../core/backlog';
import type { Clock } from '../../core/clock';
import { createDeliveries, type Deliveries, type Disturbance, UNDISTURBED } from '../../core/disturbance';
import { createTraceId } from '../../core/trace-id';
import { createMemoryStore, type Store } from '../../store/store';
import { createAsynchronousInvocations } from './asynchronous-invocations';
import { createFunctionWorker, type FunctionWorker, type InvocationResult } from './function-worker';
import { createRunningInvocations, type RunningInvocations } from './running-invocations';

export interface FunctionDefinition {
  readonly functionName: string;
  readonly bundlePath: string;
  readonly exportName: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly roleArn: string;
  readonly timeoutSeconds: number;
  readonly memorySize: number;
  readonly runtime: string;
  /** URL of the dead-letter queue. */
  readonly deadLetterQueueUrl?: string;
}

export interface LambdaDeps {
  readonly clock: Clock;
  readonly api: AwsApi;
  readonly report: Report;
  readonly store?: Store;
  readonly environment: Environment;
  readonly endpointUrl: () => string;
  readonly credentialsFor: (roleArn: string) => { readonly accessKeyId: string; readonly secretAccessKey: string };
  /**
   * Delays before the two retries of an asynchronous invocation, in milliseconds. AWS waits 1 and 2 minutes
   * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html), local mode 1 and 2 seconds.
   */
  readonly retryDelaysMs?: readonly number[];
  readonly disturbance?: Disturbance;
  readonly deliveries?: Deliveries;
  readonly running?: RunningInvocations;
  /** Counts the invocations that wait or run. */
  readonly backlog?: Backlog;
}

export interface LambdaCounts {
  readonly invocations: number;
  readonly errors: number;
  readonly deadLetters: number;
}

export interface LambdaService extends ServiceModule {
  createFunction(definition: FunctionDefinition): { readonly functionArn: string };
  invokeAsync(functionArn: string, event: unknown): void;
  counts(): LambdaCounts;
  resetCounts(): void;
  /** Resolves when no asynchronous event is waiting or running. */
  idle(): Promise<void>;
  /** See FunctionWorker: of all functions. */
  systemThreads(): readonly number[];
  close(): Promise<void>;
}

interface LocalFunction {
  readonly definition: FunctionDefinition;
  readonly arn: string;
  readonly worker: FunctionWorker;
}

interface InvokeInput {
  readonly FunctionName?: string;
  readonly InvocationType?: string;
  readonly Payload?: Uint8Array;
}

const DEFAULT_RETRY_DELAYS = [1_000, 2_000] as const;

export const createLambdaService = (deps: LambdaDeps): LambdaService => {
  const { clock, api, report, environment, endpointUrl, credentialsFor, retryDelaysMs = DEFAULT_RETRY_DELAYS } = deps;
  const { store = createMemoryStore(), disturbance = UNDISTURBED, running = createRunningInvocations() } = deps;
  const { deliveries = createDeliveries(disturbance, clock), backlog = NO_BACKLOG } = deps;
  const functions = new Map<string, LocalFunction>();
  const counts = { invocations: 0, errors: 0, deadLetters: 0 };
  let closed = false;

  const arnOf = (name: string) => `arn:aws:lambda:${environment.region}:${environment.accountId}:function:${name}`;
  const nameOf = (nameOrArn: string) => (nameOrArn.startsWith('arn:') ? (nameOrArn.split(':')[6] ?? '') : nameOrArn);
  const find = (nameOrArn: string | undefined) => {
    const found = functions.get(nameOf(nameOrArn ?? ''));
    if (!found)
      throw new AwsError('ResourceNotFoundException', `Function not found: ${arnOf(nameOf(nameOrArn ?? ''))}`, 404);
    return found;
  };

  const run = async (
    { worker, definition }: LocalFunction,
    requestId: string,
    event: string,
    how: 'invoke' | 'handle' = 'handle',
  ): Promise<InvocationResult> => {
    counts.invocations += 1;
    const invocation = { functionName: definition.functionName, event };
    if (disturbance.isColdStart(invocation)) worker.retire();
    const traceId = createTraceId();
    running.begin(traceId, invocation, (ending) => worker.stop(traceId, ending));
    backlog.begin();
    const result = await worker[how]({ requestId, traceId, event });
    running.end(traceId);
    backlog.end();
    if (!result.ok && !closed) {
      counts.errors += 1;
      const { errorType, errorMessage } = result.error;
      report({ level: 'warn', source: definition.functionName, message: `${errorType}: ${errorMessage}` });
    }
    return result;
  };

  const asynchronous = createAsynchronousInvocations<LocalFunction>({
    ...{ clock, api, report, store, find, retryDelaysMs, run },
    isClosed: () => closed,
    onDeadLetter: () => {
      counts.deadLetters += 1;
    },
  });
  const invokeAsync = (functionArn: string, event: string) => {
    const target = find(functionArn);
    const { functionName } = target.definition;
    deliveries.deliver({ kind: 'event', functionName, event }, () => asynchronous.invoke(target, event));
  };

  const configuration = ({ definition, arn }: LocalFunction) => ({
    FunctionName: definition.functionName,
    FunctionArn: arn,
    Role: definition.roleArn,
    Runtime: definition.runtime,
    Timeout: definition.timeoutSeconds,
    MemorySize: definition.memorySize,
    Environment: { Variables: definition.environment },
    State: 'Active',
  });

  return {
    service: 'lambda',
    operations: {
      Invoke: async ({ FunctionName, InvocationType = 'RequestResponse', Payload }: InvokeInput) => {
        const target = find(FunctionName);
        const event = Payload && Payload.length > 0 ? Buffer.from(Payload).toString('utf8') : '{}';
        try {
          JSON.parse(event);
        } catch (error) {
          throw new AwsError(
            'InvalidRequestContentException',
            `Could not parse request body into json: ${String(error)}`,
          );
        }
        if (InvocationType === 'DryRun') return { StatusCode: 204 };
        if (InvocationType === 'Event') {
          invokeAsync(target.arn, event);
          return { StatusCode: 202 };
        }
        const result = await run(target, randomUUID(), event, 'invoke');
        if (result.ok) return { StatusCode: 200, ExecutedVersion: '$LATEST', Payload: Buffer.from(result.payload) };
        return {
          StatusCode: 200,
          ExecutedVersion: '$LATEST',
          FunctionError: 'Unhandled',
          Payload: Buffer.from(JSON.stringify(result.error)),
        };
      },
      ListFunctions: () => ({ Functions: [...functions.values()].map(configuration) }),
      GetFunctionConfiguration: ({ FunctionName }: InvokeInput) => configuration(find(FunctionName)),
      GetFunction: ({ FunctionName }: InvokeInput) => ({ Configuration: configuration(find(FunctionName)) }),
    },
    resourcesOf: (_operation, { FunctionName }) => [
      typeof FunctionName === 'string' ? arnOf(nameOf(FunctionName)) : '*',
    ],
    actionOf: (operation) => `lambda:${operation === 'Invoke' ? 'InvokeFunction' : operation}`,
    createFunction: (definition) => {
      const arn = arnOf(definition.functionName);
      const credentials = credentialsFor(definition.roleArn);
      const worker = createFunctionWorker({
        bundlePath: definition.bundlePath,
        exportName: definition.exportName,
        timeoutSeconds: definition.timeoutSeconds,
        context: {
          functionName: definition.functionName,
          invokedFunctionArn: arn,
          memoryLimitInMB: String(definition.memorySize),
        },
        environment: {
          ...definition.environment,
          AWS_REGION: environment.region,
          AWS_DEFAULT_REGION: environment.region,
          AWS_LAMBDA_FUNCTION_NAME: definition.functionName,
          AWS_ACCESS_KEY_ID: credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
          AWS_ENDPOINT_URL: endpointUrl(),
          // The bundles are built for the template's runtime, so a warning about this Node.js would mislead.
          AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        },
        onLog: (level, text) => report({ level, source: definition.functionName, message: text }),
      });
      functions.set(definition.functionName, { definition, arn, worker });
      return { functionArn: arn };
    },
    invokeAsync: (functionArn, event) => invokeAsync(functionArn, JSON.stringify(event)),
    counts: () => ({ ...counts }),
    resetCounts: () => Object.assign(counts, { invocations: 0, errors: 0, deadLetters: 0 }),
    idle: asynchronous.idle,
    systemThreads: () => [...functions.values()].flatMap(({ worker }) => worker.systemThreads()),
    close: async () => {
      closed = true;
      await Promise.all([...functions.values()].map(({ worker }) => worker.close()));
    },
  };
};
