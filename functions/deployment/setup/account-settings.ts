import {
  GetIndexingConfigurationCommand,
  type IoTClient,
  UpdateEventConfigurationsCommand,
  UpdateIndexingConfigurationCommand,
} from '@aws-sdk/client-iot';

/** Switches on registry and connectivity indexing; what is on already, and more, stays as it is. */
export const enableFleetIndexing = (iot: IoTClient) => async (): Promise<void> => {
  const { thingIndexingConfiguration: current } = await iot.send(new GetIndexingConfigurationCommand({}));
  const registry = current?.thingIndexingMode !== undefined && current.thingIndexingMode !== 'OFF';
  if (registry && current.thingConnectivityIndexingMode === 'STATUS') return;
  await iot.send(
    new UpdateIndexingConfigurationCommand({
      thingIndexingConfiguration: {
        ...current,
        thingIndexingMode: registry ? current.thingIndexingMode : 'REGISTRY',
        thingConnectivityIndexingMode: 'STATUS',
      },
    }),
  );
};

/** Switches on the events of jobs and job executions; other event types stay as they are. */
export const enableJobEvents = (iot: IoTClient) => async (): Promise<void> => {
  await iot.send(
    new UpdateEventConfigurationsCommand({
      eventConfigurations: { JOB: { Enabled: true }, JOB_EXECUTION: { Enabled: true } },
    }),
  );
};
