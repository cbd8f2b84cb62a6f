import type { Field, FieldType, ThingIndexingConfiguration } from '@aws-sdk/client-iot';

const fields = (types: Readonly<Record<string, FieldType>>): Field[] =>
  Object.entries(types).map(([name, type]) => ({ name, type }));

/** https://docs.aws.amazon.com/iot/latest/developerguide/managing-fleet-index.html#managed-field */
const REGISTRY = fields({
  thingId: 'String',
  thingName: 'String',
  'registry.version': 'Number',
  'registry.thingTypeName': 'String',
  'registry.thingGroupNames': 'String',
});
const SHADOW = fields({ 'shadow.version': 'Number', 'shadow.hasDelta': 'Boolean' });
const CONNECTIVITY = fields({
  'connectivity.timestamp': 'Number',
  'connectivity.version': 'Number',
  'connectivity.connected': 'Boolean',
  'connectivity.disconnectReason': 'String',
});

/** Fields of thing groups that AWS IoT indexes by itself. */
export const GROUP_FIELDS = fields({
  description: 'String',
  parentGroupNames: 'String',
  thingGroupId: 'String',
  thingGroupName: 'String',
  version: 'Number',
});

/** Fields of things that AWS IoT indexes by itself; none while indexing is off. */
export const managedThingFields = (configuration: ThingIndexingConfiguration): Field[] => {
  const { thingIndexingMode, thingConnectivityIndexingMode } = configuration;
  if (thingIndexingMode === 'OFF') return [];
  return [
    ...REGISTRY,
    ...(thingIndexingMode === 'REGISTRY_AND_SHADOW' ? SHADOW : []),
    ...(thingConnectivityIndexingMode === 'STATUS' ? CONNECTIVITY : []),
  ];
};
