import {
  GetBucketsAggregationCommand,
  GetStatisticsCommand,
  IoTClient,
  ListThingGroupsCommand,
  SearchIndexCommand,
} from '@aws-sdk/client-iot';
import { mockClient } from 'aws-sdk-client-mock';
import { createClients } from '../../../operate/clients';
import { fleetOverview } from '../../../operate/devices/fleet-overview';
import { listGroups } from '../../../operate/devices/list-groups';
import type { Operator } from '../../../operate/operator';
import { createHarness } from '../iot/iot-harness';

const iot = mockClient(IoTClient);
beforeEach(() => iot.reset());

const operator = {
  clients: createClients({ region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } }),
} as Operator;

/** The emulated fleet index behind the client. @param versions one thing each; undefined for one without a version */
const fleetOf = async (...versions: readonly (string | undefined)[]) => {
  const harness = createHarness();
  await harness.switchIndexingOn();
  for (const [index, firmwareVersion] of versions.entries())
    await harness.call('CreateThing', {
      thingName: `t${index}`,
      attributePayload: { attributes: firmwareVersion === undefined ? {} : { firmwareVersion } },
    });
  harness.iot.index.setConnected('t0', true, 1000);
  harness.iot.index.setConnected('t1', false, 2000);
  iot.on(SearchIndexCommand).callsFake((input: object) => harness.call('SearchIndex', input));
  iot.on(GetStatisticsCommand).callsFake((input: object) => harness.call('GetStatistics', input));
  iot.on(GetBucketsAggregationCommand).callsFake((input: object) => harness.call('GetBucketsAggregation', input));
};

describe('the overview of a fleet', () => {
  test('counts connections and versions, the most frequent first', async () => {
    await fleetOf('1.2.1', '1.2.3', '1.2.1', undefined);
    expect(await fleetOverview(operator)).toEqual({
      ...{ devices: 4, connected: 1, disconnected: 1, onOtherVersions: 0, withoutVersion: 1 },
      versions: [
        { version: '1.2.1', devices: 2 },
        { version: '1.2.3', devices: 1 },
      ],
    });
  });

  test('of an empty fleet is empty', async () => {
    await fleetOf();
    expect(await fleetOverview(operator)).toEqual({
      ...{ devices: 0, connected: 0, disconnected: 0, onOtherVersions: 0, withoutVersion: 0, versions: [] },
    });
  });

  test('takes one call per version, one for new ones and two for the totals, when versions are known', async () => {
    await fleetOf('1.2.1', '1.2.3');
    const known = new Set<string>();
    await fleetOverview(operator, known);
    iot.resetHistory();
    await fleetOverview(operator, known);
    expect(iot.calls()).toHaveLength(2 + 1 + 2);
  });

  test('counts eight versions, and the rest together', async () => {
    await fleetOf(...Array.from({ length: 12 }, (_, index) => `1.0.${index}`));
    const { versions, onOtherVersions } = await fleetOverview(operator);
    expect([versions.length, onOtherVersions]).toEqual([8, 4]);
  });

  test('forgets a version that no device has any more', async () => {
    await fleetOf('1.2.1');
    const known = new Set(['0.9']);
    expect((await fleetOverview(operator, known)).versions).toEqual([{ version: '1.2.1', devices: 1 }]);
    expect([...known]).toEqual(['1.2.1']);
  });

  test('ends when the index cannot be asked for a version', async () => {
    await fleetOf('1.2.1', 'a/b');
    const { versions, onOtherVersions } = await fleetOverview(operator);
    expect(versions.length + onOtherVersions).toBeGreaterThanOrEqual(1);
    expect(versions.every(({ version }) => version === '1.2.1')).toBe(true);
  });
});

test('groups are listed by name and ARN, page by page', async () => {
  iot.on(ListThingGroupsCommand).resolves({ thingGroups: [{ groupName: 'g', groupArn: 'arn:g' }], nextToken: 'n' });
  expect(await listGroups(operator)).toEqual({ items: [{ name: 'g', arn: 'arn:g' }], nextToken: 'n' });
});
