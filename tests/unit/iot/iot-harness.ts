import type {
  CreateJobTemplateCommandOutput,
  CreateKeysAndCertificateCommandOutput,
  CreateThingCommandOutput,
  DescribeJobCommandOutput,
  DescribeThingCommandOutput,
  GetStatisticsCommandOutput,
  ListAttachedPoliciesCommandOutput,
  ListJobExecutionsForJobCommandOutput,
  ListJobsCommandOutput,
  ListPrincipalThingsCommandOutput,
  ListTargetsForPolicyCommandOutput,
  ListThingGroupsForThingCommandOutput,
  ListThingsCommandOutput,
  ListThingsInThingGroupCommandOutput,
  SearchIndexCommandOutput,
} from '@aws-sdk/client-iot';
import type {
  StartNextPendingJobExecutionCommandOutput,
  UpdateJobExecutionCommandOutput,
} from '@aws-sdk/client-iot-jobs-data-plane';
import type { ServiceModule } from '../../../local/core/api';
import { drivenClock } from '../../../local/core/clock';
import type { MessageBus, MqttMessage } from '../../../local/core/mqtt';
import { createIotJobsDataService } from '../../../local/services/iot-jobs-data/iot-jobs-data-service';
import { createMemoryStore } from '../../../local/store/store';
import type { Backlog } from '../../../local/core/backlog';
import type { Life } from '../../support/lives';
import { createIotService } from '../../../local/services/iot/iot-service';

export const ARN = 'arn:aws:iot:eu-central-1:000000000000:';
/** 2026-01-01T00:00:00Z, where the driven clock starts. */
export const START_SECONDS = Date.UTC(2026, 0, 1) / 1000;

/** Milliseconds in which the fleet index is built. */
export const INDEX_BUILD_MS = 30_000;

/** Answers whose members the tests look into. */
interface Outputs {
  CreateThing: CreateThingCommandOutput;
  DescribeThing: DescribeThingCommandOutput;
  ListThings: ListThingsCommandOutput;
  ListPrincipalThings: ListPrincipalThingsCommandOutput;
  CreateKeysAndCertificate: CreateKeysAndCertificateCommandOutput;
  ListTargetsForPolicy: ListTargetsForPolicyCommandOutput;
  ListAttachedPolicies: ListAttachedPoliciesCommandOutput;
  ListThingsInThingGroup: ListThingsInThingGroupCommandOutput;
  ListThingGroupsForThing: ListThingGroupsForThingCommandOutput;
  SearchIndex: SearchIndexCommandOutput;
  GetStatistics: GetStatisticsCommandOutput;
  CreateJobTemplate: CreateJobTemplateCommandOutput;
  DescribeJob: DescribeJobCommandOutput;
  ListJobs: ListJobsCommandOutput;
  ListJobExecutionsForJob: ListJobExecutionsForJobCommandOutput;
  ListJobExecutionsForThing: ListJobExecutionsForJobCommandOutput;
  StartNextPendingJobExecution: StartNextPendingJobExecutionCommandOutput;
  UpdateJobExecution: UpdateJobExecutionCommandOutput;
}
/** The SDK declares every member optional; an expectation notices one that is absent. */
type Present<T> = T extends Date
  ? T
  : T extends (infer Item)[]
    ? Present<Item>[]
    : T extends object
      ? { [Member in keyof T]-?: Present<Exclude<T[Member], undefined>> }
      : T;
type Answer<Operation extends string> = Operation extends keyof Outputs ? Present<Outputs[Operation]> : unknown;
type Call = <Operation extends string>(operation: Operation, input: object) => Promise<Answer<Operation>>;

/** The parts of message bodies that tests look into. */
interface Body {
  readonly jobs?: Readonly<Record<string, unknown[]>>;
  readonly execution?: { readonly jobId: string; readonly jobDocument?: unknown };
}

const fakeBus = () => {
  const listeners = new Set<(message: MqttMessage) => void>();
  const sent: { topic: string; body: Body }[] = [];
  const bus: MessageBus = {
    publish: (message) => {
      sent.push({ topic: message.topic, body: JSON.parse(message.payload.toString()) as Body });
      listeners.forEach((listener) => listener(message));
    },
    onMessage: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  /** A message of a device; it does not count as sent by the service. */
  const receive = (topic: string, payload: object | string, clientId?: string) => {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    listeners.forEach((listener) =>
      listener({ topic, payload: Buffer.from(text), ...(clientId === undefined ? {} : { clientId }) }),
    );
  };
  return { bus, sent, receive };
};

/**
 * The IoT service on a driven clock and a bus that remembers.
 * @param life with what an earlier one has saved; default: one that keeps nothing
 * @param backlog of the functions that follow the jobs; default: there is none
 */
export const createHarness = (
  { clock, store }: Life = { clock: drivenClock(), store: createMemoryStore() },
  backlog?: Backlog,
) => {
  const { bus, sent, receive } = fakeBus();
  let certificates = 0;
  const iot = createIotService({
    clock,
    bus,
    environment: { accountId: '000000000000', region: 'eu-central-1' },
    endpointAddress: () => 'localhost:8883',
    certificateAuthority: {
      issue: async () => ({
        certificatePem: 'PEM',
        privateKeyPem: 'PRIVATE',
        publicKeyPem: 'PUBLIC',
        certificateId: `certificate-${(certificates += 1)}`,
      }),
    },
    indexBuildMs: INDEX_BUILD_MS,
    store,
    ...(backlog && { backlog }),
    report: () => undefined,
  });
  const caller =
    (service: ServiceModule): Call =>
    async <Operation extends string>(operation: Operation, input: object) => {
      const handler = service.operations[operation] as ((input: object, context: object) => unknown) | undefined;
      if (!handler) throw new Error(`${operation} is not there`);
      return (await handler(input, { principal: { kind: 'account' }, requestId: 'r' })) as Answer<Operation>;
    };
  const call = caller(iot);
  const device = caller(createIotJobsDataService({ iot }));

  return {
    clock,
    iot,
    call,
    device,
    receive,
    /** Bodies of the messages sent on a topic so far. */
    sentOn: (topic: string) => sent.filter((message) => message.topic === topic).map(({ body }) => body),
    forget: () => void sent.splice(0),
    /** Topics of everything sent since the last `forget`. */
    topics: () => sent.map(({ topic }) => topic),
    createThings: async (count: number, firmwareVersion = '1.2.1') => {
      for (let n = 1; n <= count; n += 1)
        await call('CreateThing', { thingName: `sim-${n}`, attributePayload: { attributes: { firmwareVersion } } });
    },
    /** Switches the fleet index on, and lets it be built. */
    switchIndexingOn: async () => {
      await call('UpdateIndexingConfiguration', {
        thingIndexingConfiguration: { thingIndexingMode: 'REGISTRY', thingConnectivityIndexingMode: 'STATUS' },
      });
      await clock.advance(INDEX_BUILD_MS);
    },
    switchJobEventsOn: () =>
      call('UpdateEventConfigurations', {
        eventConfigurations: { JOB: { Enabled: true }, JOB_EXECUTION: { Enabled: true } },
      }),
    /** Creates a job and lets its roll-out begin. */
    createJob: async (jobId: string, targets: string[], rest: object = {}) => {
      await call('CreateJob', {
        jobId,
        targets: targets.map((target) => `${ARN}${target}`),
        document: '{"version":"1.0"}',
        ...rest,
      });
      await clock.advance(0);
    },
    details: async (jobId: string) => (await call('DescribeJob', { jobId })).job,
  };
};
