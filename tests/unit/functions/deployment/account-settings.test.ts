import {
  DescribeIndexCommand,
  GetIndexingConfigurationCommand,
  IoTClient,
  type ThingIndexingConfiguration,
  UpdateEventConfigurationsCommand,
  UpdateIndexingConfigurationCommand,
} from '@aws-sdk/client-iot';
import { mockClient } from 'aws-sdk-client-mock';
import {
  accountSettingsResource,
  enableFleetIndexing,
  enableJobEvents,
  INDEX_DEADLINE_MS,
  untilIndexIsActive,
} from '../../../../functions/deployment/account-settings/account-settings';
import { drivenClock } from '../../../../local/core/clock';

const ON = { thingIndexingMode: 'REGISTRY', thingConnectivityIndexingMode: 'STATUS' } as const;

describe('the custom resource AccountSettings', () => {
  const iot = mockClient(IoTClient);
  beforeEach(() => iot.reset());

  /** Applies it to an account with this configuration; the index has these states, one at a time, and keeps the last. */
  const apply = async (
    thingIndexingConfiguration: ThingIndexingConfiguration | undefined,
    states: readonly (string | Error)[] = ['ACTIVE'],
    properties = { EnableFleetIndexing: 'true', EnableJobEvents: 'true' },
  ) => {
    iot
      .on(GetIndexingConfigurationCommand)
      .resolves({ ...(thingIndexingConfiguration && { thingIndexingConfiguration }) });
    iot.on(UpdateIndexingConfigurationCommand).resolves({});
    iot.on(UpdateEventConfigurationsCommand).resolves({});
    const describeIndex = iot.on(DescribeIndexCommand);
    for (const [index, state] of states.entries()) {
      const last = index === states.length - 1;
      if (state instanceof Error) describeIndex.rejectsOnce(state);
      else if (last) describeIndex.resolves({ indexStatus: state as 'ACTIVE' });
      else describeIndex.resolvesOnce({ indexStatus: state as 'ACTIVE' });
    }
    const clock = drivenClock();
    const client = new IoTClient({});
    const resource = accountSettingsResource({
      enableFleetIndexing: enableFleetIndexing(client),
      enableJobEvents: enableJobEvents(client),
      untilIndexIsActive: untilIndexIsActive(client, { now: clock.now, wait: (ms) => clock.advance(ms) }),
    });
    const started = clock.now();
    const failure = await resource.apply(properties).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : error),
    );
    return { failure, waited: clock.now() - started };
  };
  const sent = () =>
    iot.commandCalls(UpdateIndexingConfigurationCommand).map(({ args }) => args[0].input.thingIndexingConfiguration);
  const asked = () => iot.commandCalls(DescribeIndexCommand).map(({ args }) => args[0].input.indexName);

  test('switches on what is off', async () => {
    expect(await apply({ thingIndexingMode: 'OFF', thingConnectivityIndexingMode: 'OFF' })).toMatchObject({
      waited: 0,
    });
    expect(sent()).toEqual([ON]);
    expect(iot.commandCalls(UpdateEventConfigurationsCommand)).toHaveLength(1);
  });

  test('leaves alone what is on already', async () => {
    expect(await apply(ON)).toEqual({ failure: undefined, waited: 0 });
    expect(sent()).toEqual([]);
  });

  // "You can't modify managed fields by updating fleet indexing configuration":
  // https://docs.aws.amazon.com/iot/latest/apireference/API_ThingIndexingConfiguration.html
  test('keeps what others have configured, and sends no fields that AWS owns', async () => {
    const custom = {
      thingIndexingMode: 'REGISTRY_AND_SHADOW',
      namedShadowIndexingMode: 'ON',
      filter: { namedShadowNames: ['state'] },
      customFields: [{ name: 'attributes.version', type: 'String' }],
    } as const satisfies Partial<Record<keyof ThingIndexingConfiguration, unknown>>;
    const current: ThingIndexingConfiguration = {
      ...{ ...custom, filter: { namedShadowNames: ['state'] }, customFields: [...custom.customFields] },
      managedFields: [{ name: 'thingName', type: 'String' }],
    };
    expect((await apply(current)).failure).toBeUndefined();
    expect(sent()).toEqual([{ ...custom, thingConnectivityIndexingMode: 'STATUS' }]);
  });

  // https://docs.aws.amazon.com/iot/latest/apireference/API_DescribeIndex.html
  test('waits until the index is active: until then it finds no device', async () => {
    const absent = Object.assign(new Error('no index yet'), { name: 'ResourceNotFoundException' });
    const { failure, waited } = await apply(undefined, [absent, 'BUILDING', 'BUILDING', 'REBUILDING', 'ACTIVE']);
    expect(failure).toBeUndefined();
    expect(asked()).toEqual(Array.from({ length: 5 }, () => 'AWS_Things'));
    expect(waited).toBeGreaterThan(0);
  });

  test('says what to do when the index does not become active in time', async () => {
    const { failure, waited } = await apply(ON, ['BUILDING']);
    expect(failure).toBe(
      'The fleet index AWS_Things is BUILDING after 9 minutes. When "aws iot describe-index --index-name AWS_Things" says ACTIVE, deploy again.',
    );
    expect(waited).toBeLessThanOrEqual(INDEX_DEADLINE_MS);
    // IoT allows few of these requests per second.
    expect(asked().length).toBeLessThan(100);
  });

  test('fails with what AWS answers', async () => {
    const denied = Object.assign(new Error('no'), { name: 'UnauthorizedException' });
    expect((await apply(ON, [denied])).failure).toBe('no');
  });

  test('asks nothing about indexing that the deployment does not switch on', async () => {
    await apply(undefined, ['BUILDING'], { EnableFleetIndexing: 'false', EnableJobEvents: 'false' });
    expect(iot.calls()).toEqual([]);
  });
});
