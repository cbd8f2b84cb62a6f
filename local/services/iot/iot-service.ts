import type { Environment, Report, ServiceModule } from '../../core/api';
import { type Backlog, NO_BACKLOG } from '../../core/backlog';
import type { Clock } from '../../core/clock';
import type { MessageBus } from '../../core/mqtt';
import { createMemoryStore, type Store } from '../../store/store';
import { createArns } from './arns';
import type { IotContext } from './context';
import { createEndpointOperations } from './endpoint-operations';
import { createDynamicGroupOperations } from './groups/dynamic-group-operations';
import { createGroupQueries } from './groups/group-queries';
import { createStaticGroupOperations } from './groups/static-group-operations';
import { createThingGroups } from './groups/thing-groups';
import { createConnectivityStore } from './index/connectivity-store';
import { createFleetIndex } from './index/fleet-index';
import { createIndexOperations } from './index/index-operations';
import { createIndexingConfiguration } from './index/indexing-configuration';
import { followPresence } from './index/presence';
import type { DeviceJobs } from './jobs/device-jobs';
import { createJobs } from './jobs/create-jobs';
import type { JobExecution } from './jobs/job';
import { createThingOperations } from './registry/thing-operations';
import { type Thing, createThingStore } from './registry/thing-store';
import { createThingTypeOperations } from './registry/thing-type-operations';
import { resourcesOfOperation } from './resources';
import { type CertificateAuthority, createCertificateOperations } from './security/certificate-operations';
import { createCertificateStore } from './security/certificate-store';
import { type IotAction, createPolicies } from './security/policies';
import { createPolicyOperations } from './security/policy-operations';
import { createPrincipalOperations } from './security/principal-operations';

interface IotServiceDependencies {
  readonly clock: Clock;
  readonly bus: MessageBus;
  readonly environment: Environment;
  /** Host (and port) of the MQTT and data plane endpoint, for DescribeEndpoint. */
  readonly endpointAddress: () => string;
  /** Without one, CreateKeysAndCertificate fails. */
  readonly certificateAuthority?: CertificateAuthority;
  /** Milliseconds in which the fleet index is built: short, so that a deployment does not wait for it noticeably. */
  readonly indexBuildMs?: number;
  readonly report: Report;
  readonly store?: Store;
  /** Of functions, state machines and rules: a job without a rate waits while it is long. */
  readonly backlog?: Backlog;
}

/** One change of a job execution, for progress displays. */
export interface JobExecutionChange {
  readonly jobId: string;
  readonly thingName: string;
  readonly executionNumber: number;
  readonly versionNumber: number;
  readonly status: JobExecution['status'];
  readonly statusDetails: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The control plane of AWS IoT: registry, certificates, policies, groups, fleet index, jobs. */
export interface IotService extends ServiceModule {
  readonly service: 'iot';
  readonly index: {
    /** For tests, and for brokers that publish no presence events. */
    setConnected(thingName: string, connected: boolean, timestampMs: number): void;
  };
  /** What the jobs data plane and the MQTT topics do. */
  readonly deviceJobs: DeviceJobs;
  /** The thing of an MQTT client: the one whose name is the client id. */
  thingOfClient(clientId: string): Thing | undefined;
  /** Whether the policies of an active certificate allow an MQTT action; the ARN is the one AWS IoT policies use. */
  policyAllows(certificateId: string, action: IotAction, resourceArn: string, clientId: string): boolean;
  jobEventsEnabled(): boolean;
  /** Called after each change of a job execution. Returns an unsubscribe function. */
  onJobExecutionChanged(listener: (change: JobExecutionChange) => void): () => void;
  /** Stops listening on the message bus. */
  close(): void;
}

/** AWS IoT Core's control plane and IoT Jobs, in memory. Presence, notifications and device requests go over the bus. */
export const createIotService = (dependencies: IotServiceDependencies): IotService => {
  const { clock, bus, environment, report, endpointAddress, certificateAuthority } = dependencies;
  const { indexBuildMs = 100, store = createMemoryStore(), backlog = NO_BACKLOG } = dependencies;
  const arns = createArns(environment);
  const context: IotContext = { clock, bus, arns, report, store, backlog };

  const things = createThingStore(context);
  const types = createThingTypeOperations(context);
  const connectivity = createConnectivityStore(store);
  const indexing = createIndexingConfiguration(clock, indexBuildMs, store);
  const index = createFleetIndex(things, connectivity, indexing.configuration);
  const groups = createThingGroups(store, things, index, indexing.configuration);
  const certificates = createCertificateStore(context);
  const policies = createPolicies(store, certificates, things, (groupName) => arns.of('thinggroup', groupName));
  const jobs = createJobs(context, things, groups);
  const stopPresence = followPresence(context, things, connectivity);

  return {
    service: 'iot',
    operations: {
      ...createThingOperations(things, types.thingTypes),
      ...types.operations,
      ...createCertificateOperations(
        context,
        certificates,
        (certificate) => policies.detachAll(certificate),
        certificateAuthority,
      ),
      ...createPrincipalOperations(things, certificates),
      ...createPolicyOperations(context, policies, certificates, (name) => groups.get(name) !== undefined),
      ...createStaticGroupOperations(context, things, groups),
      ...createDynamicGroupOperations(context, groups, indexing.configuration),
      ...createGroupQueries(things, groups),
      ...indexing.operations,
      ...createIndexOperations(index, indexing.configuration, things, connectivity),
      ...createEndpointOperations(endpointAddress),
      ...jobs.operations,
    },
    resourcesOf: (operation, input) => resourcesOfOperation(arns, operation, input),
    index: {
      setConnected: (thingName, connected, timestamp) => {
        connectivity.set(thingName, { connected, timestamp });
        const thing = things.get(thingName);
        if (thing) things.changed(thing);
      },
    },
    deviceJobs: jobs.deviceJobs,
    thingOfClient: (clientId) => things.get(clientId),
    policyAllows: (...request) => policies.allows(...request),
    jobEventsEnabled: jobs.eventsEnabled,
    onJobExecutionChanged: (listener) =>
      jobs.executions.onChanged((execution) => {
        const { job, thingName, executionNumber, versionNumber, status, statusDetails, lastUpdatedAt } = execution;
        listener({
          jobId: job.jobId,
          thingName,
          executionNumber,
          versionNumber,
          status,
          statusDetails: { ...statusDetails },
          at: lastUpdatedAt,
        });
      }),
    close: () => {
      stopPresence();
      indexing.close();
      jobs.close();
    },
  };
};
