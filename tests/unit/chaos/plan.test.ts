import { FEWEST_DEVICES, GROUPS, planDevices } from '../../../chaos/plan';
import { FAULTS } from '../../../simulator/agent/faults';
import { PROFILES } from '../../../simulator/agent/profiles';

describe('the devices of a campaign', () => {
  test.each([FEWEST_DEVICES, 37, 200])('of %d have every fault and every fate', (count) => {
    const devices = planDevices(1, count);
    expect(devices).toHaveLength(count);
    expect(new Set(devices.map(({ fault }) => fault))).toEqual(new Set(Object.keys(FAULTS)));
    expect(new Set(devices.map(({ group }) => group))).toEqual(new Set(Object.keys(GROUPS)));
    expect(new Set(devices.map(({ thingName }) => thingName)).size).toBe(count);
  });

  test('have agents of every kind', () => {
    const devices = planDevices(1, 200);
    expect(new Set(devices.map(({ profile }) => profile))).toEqual(new Set(Object.keys(PROFILES)));
    for (const persistentSession of [true, false])
      for (const mqttVersion of ['5', '3.1.1'])
        expect(devices).toContainEqual(expect.objectContaining({ persistentSession, mqttVersion }));
    // Without a connect record the controller cannot know that an agent speaks MQTT 5.
    for (const { profile, mqttVersion } of devices)
      if (!PROFILES[profile].connectRecord) expect(mqttVersion).toBe('3.1.1');
  });

  test('are the same for the same seed, and others for another', () => {
    expect(planDevices(1, 50)).toEqual(planDevices(1, 50));
    expect(planDevices(2, 50)).not.toEqual(planDevices(1, 50));
  });

  test('of a continuous job join at once, later, or again', () => {
    const joining = planDevices(1, 200).filter(({ group }) => group === 'joining');
    expect(new Set(joining.map(({ joins }) => joins))).toEqual(new Set(['first', 'later', 'again']));
    expect(joining.filter(({ joins }) => joins === 'again')).toHaveLength(1);
  });
});
