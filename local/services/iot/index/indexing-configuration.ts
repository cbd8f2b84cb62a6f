import type {
  GetIndexingConfigurationCommandInput,
  GetIndexingConfigurationCommandOutput,
  IndexStatus,
  ThingGroupIndexingConfiguration,
  ThingIndexingConfiguration,
  UpdateIndexingConfigurationCommandInput,
} from '@aws-sdk/client-iot';
import { isDeepStrictEqual } from 'node:util';
import type { Clock, Timer } from '../../../core/clock';
import type { Store } from '../../../store/store';
import { invalidRequest } from '../errors';
import type { Output } from '../output';
import { required } from '../validation';
import { GROUP_FIELDS, managedThingFields } from './managed-fields';

/** What the fleet index contains; nothing until it is switched on and built. */
export interface IndexingConfiguration {
  /** undefined while indexing is off: there is no index. */
  status(): IndexStatus | undefined;
  /** What is indexed, or will be when the index is built. */
  schema(): string;
  /** Whether things can be searched. */
  indexesThings(): boolean;
  /** Whether connectivity can be searched. */
  indexesConnectivity(): boolean;
  /** Fields that can be summed up: managed ones and the custom ones of the configuration. */
  aggregatedFields(): readonly string[];
  /** Called when what can be searched changes. */
  onChanged(listener: () => void): void;
}

const INDEX = 'AWS_Things';

interface SavedConfiguration {
  readonly things: ThingIndexingConfiguration;
  readonly groups: ThingGroupIndexingConfiguration;
}

const OFF: ThingIndexingConfiguration = { thingIndexingMode: 'OFF', thingConnectivityIndexingMode: 'OFF' };

const oneOf = (parameter: string, value: string | undefined, allowed: readonly string[]) => {
  if (value !== undefined && !allowed.includes(value))
    throw invalidRequest(`${parameter} "${value}" is not valid: use one of ${allowed.join(', ')}.`);
};

const isOn = ({ thingIndexingMode }: ThingIndexingConfiguration): boolean => thingIndexingMode !== 'OFF';

/** Managed fields belong to AWS IoT: an update may contain them, but does not change them. */
const withoutManagedFields = <T extends { managedFields?: unknown }>({ managedFields: _, ...rest }: T) => rest;

const withManagedFields = <T extends object>(configuration: T, managedFields: typeof GROUP_FIELDS) =>
  managedFields.length > 0 ? { ...configuration, managedFields } : { ...configuration };

const checkCustomFields = (configuration: ThingIndexingConfiguration): void => {
  const managed = new Set(managedThingFields(configuration).map(({ name }) => name));
  const hasShadow = configuration.thingIndexingMode === 'REGISTRY_AND_SHADOW';
  for (const { name = '' } of configuration.customFields ?? []) {
    if (managed.has(name)) throw invalidRequest(`customFields: ${name} is a managed field. Remove it.`);
    if (name.startsWith('shadow.') && !hasShadow)
      throw invalidRequest(`customFields: ${name} is not indexed: set thingIndexingMode to REGISTRY_AND_SHADOW.`);
  }
};

const thingConfigurationOf = (given: ThingIndexingConfiguration): ThingIndexingConfiguration => {
  const mode = required(given.thingIndexingMode, 'thingIndexingMode');
  oneOf('thingIndexingMode', mode, ['OFF', 'REGISTRY', 'REGISTRY_AND_SHADOW']);
  oneOf('thingConnectivityIndexingMode', given.thingConnectivityIndexingMode, ['OFF', 'STATUS']);
  const configuration = {
    thingConnectivityIndexingMode: OFF.thingConnectivityIndexingMode,
    ...withoutManagedFields(given),
  };
  checkCustomFields(configuration);
  return configuration;
};

const schemaOf = ({ thingIndexingMode, thingConnectivityIndexingMode }: ThingIndexingConfiguration): string =>
  `${thingIndexingMode}${thingConnectivityIndexingMode === 'STATUS' ? '_AND_CONNECTIVITY_STATUS' : ''}`;

/**
 * UpdateIndexingConfiguration, GetIndexingConfiguration. The index is built for a while after it was switched on, and
 * rebuilt after each change; meanwhile what it had before can be searched.
 * https://docs.aws.amazon.com/iot/latest/developerguide/managing-index.html#describe-index
 * @param buildMs milliseconds of building; on AWS it takes a minute or longer, by the amount of data
 */
export const createIndexingConfiguration = (clock: Clock, buildMs: number, store: Store) => {
  const kept = store.collection<SavedConfiguration>(
    'iot-indexing',
    (): SavedConfiguration => ({
      things: configured,
      groups: groupConfiguration,
    }),
  );
  const saved = kept.saved.get(INDEX);
  let configured = saved?.things ?? OFF;
  /** What can be searched. An index that was being built is complete after a restart: it reads the registry itself. */
  let built = configured;
  let building: Timer | undefined;
  let groupConfiguration: ThingGroupIndexingConfiguration = saved?.groups ?? { thingGroupIndexingMode: 'OFF' };
  const listeners: (() => void)[] = [];

  const finish = () => {
    building = undefined;
    built = configured;
    listeners.forEach((listener) => listener());
  };
  const configure = (next: ThingIndexingConfiguration) => {
    if (isDeepStrictEqual(next, configured)) return;
    configured = next;
    building?.cancel();
    if (isOn(next)) building = clock.setTimeout(finish, buildMs);
    else finish();
  };

  const configuration: IndexingConfiguration = {
    status: () => {
      if (!isOn(configured)) return undefined;
      if (!building) return 'ACTIVE';
      return isOn(built) ? 'REBUILDING' : 'BUILDING';
    },
    schema: () => schemaOf(configured),
    indexesThings: () => isOn(built),
    indexesConnectivity: () => isOn(built) && built.thingConnectivityIndexingMode === 'STATUS',
    aggregatedFields: () =>
      [...managedThingFields(built), ...(built.customFields ?? [])].flatMap(({ name }) => name ?? []),
    onChanged: (listener) => listeners.push(listener),
  };
  const operations = {
    UpdateIndexingConfiguration: (input: UpdateIndexingConfigurationCommandInput) => {
      const { thingIndexingConfiguration: given, thingGroupIndexingConfiguration: givenGroups } = input;
      oneOf('thingGroupIndexingMode', givenGroups?.thingGroupIndexingMode, ['OFF', 'ON']);
      if (given) configure(thingConfigurationOf(given));
      if (givenGroups) groupConfiguration = withoutManagedFields(givenGroups);
      kept.changed(INDEX);
      return {};
    },
    GetIndexingConfiguration: (
      _input: GetIndexingConfigurationCommandInput,
    ): Output<GetIndexingConfigurationCommandOutput> => ({
      thingIndexingConfiguration: withManagedFields(configured, managedThingFields(configured)),
      thingGroupIndexingConfiguration: withManagedFields(
        groupConfiguration,
        groupConfiguration.thingGroupIndexingMode === 'ON' ? GROUP_FIELDS : [],
      ),
    }),
  };
  return { configuration, operations, close: () => building?.cancel() };
};
