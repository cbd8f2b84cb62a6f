import type {
  GetIndexingConfigurationCommandInput,
  GetIndexingConfigurationCommandOutput,
  ThingGroupIndexingConfiguration,
  ThingIndexingConfiguration,
  UpdateIndexingConfigurationCommandInput,
} from '@aws-sdk/client-iot';
import { invalidRequest } from '../errors';
import type { Output } from '../output';

/** What the fleet index contains; nothing until it is switched on. */
export interface IndexingConfiguration {
  indexesThings(): boolean;
  indexesConnectivity(): boolean;
  onChanged(listener: () => void): void;
}

const oneOf = (parameter: string, value: string | undefined, allowed: readonly string[]) => {
  if (value !== undefined && !allowed.includes(value))
    throw invalidRequest(`${parameter} "${value}" is not valid: use one of ${allowed.join(', ')}.`);
};

/** UpdateIndexingConfiguration, GetIndexingConfiguration. A change takes effect at once; on AWS it takes minutes. */
export const createIndexingConfiguration = () => {
  let thingConfiguration: ThingIndexingConfiguration = {
    thingIndexingMode: 'OFF',
    thingConnectivityIndexingMode: 'OFF',
  };
  let groupConfiguration: ThingGroupIndexingConfiguration = { thingGroupIndexingMode: 'OFF' };
  const listeners: (() => void)[] = [];

  const indexesThings = () => thingConfiguration.thingIndexingMode !== 'OFF';
  const configuration: IndexingConfiguration = {
    indexesThings,
    indexesConnectivity: () => indexesThings() && thingConfiguration.thingConnectivityIndexingMode === 'STATUS',
    onChanged: (listener) => listeners.push(listener),
  };
  const operations = {
    UpdateIndexingConfiguration: (input: UpdateIndexingConfigurationCommandInput) => {
      const { thingIndexingConfiguration: given, thingGroupIndexingConfiguration: givenGroups } = input;
      oneOf('thingIndexingMode', given?.thingIndexingMode, ['OFF', 'REGISTRY', 'REGISTRY_AND_SHADOW']);
      oneOf('thingConnectivityIndexingMode', given?.thingConnectivityIndexingMode, ['OFF', 'STATUS']);
      oneOf('thingGroupIndexingMode', givenGroups?.thingGroupIndexingMode, ['OFF', 'ON']);
      if (given) thingConfiguration = { thingConnectivityIndexingMode: 'OFF', ...given };
      if (givenGroups) groupConfiguration = givenGroups;
      listeners.forEach((listener) => listener());
      return {};
    },
    GetIndexingConfiguration: (
      _input: GetIndexingConfigurationCommandInput,
    ): Output<GetIndexingConfigurationCommandOutput> => ({
      thingIndexingConfiguration: { ...thingConfiguration },
      thingGroupIndexingConfiguration: { ...groupConfiguration },
    }),
  };
  return { configuration, operations };
};
