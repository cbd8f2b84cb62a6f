import { handleDeviceMessage } from '../../functions/device-management/message-handler/message-handler';
import type { OutgoingMessage } from '../../functions/device-management/protocol';
import { protocolsFor } from '../../functions/device-management/protocols';
import { PROFILES, type ProfileName } from '../../simulator/agent/profiles';
import { deviceMessageRule } from '../support/device-message-rule';
import { add, CONTROLLER, drive, read } from '../support/agent-driver';
import { fakeDevices } from '../unit/functions/support/fake-devices';
import { fakeLog, fakeTopic } from '../unit/functions/support/fakes';

/** The controller and an agent of the simulator, with the bytes and topics that they exchange. */
const conversation = async (profile: ProfileName) => {
  const rule = await deviceMessageRule();
  const agent = drive({ profile: PROFILES[profile] });
  const { log, lines } = fakeLog();
  let requests: OutgoingMessage[] = [];
  let heard = 0;
  const asked: string[] = [];
  const handle = handleDeviceMessage({
    protocols: protocolsFor(CONTROLLER),
    devices: fakeDevices().port,
    publish: fakeTopic().publish,
    send: async (message) => void requests.push(message),
    log,
    now: Date.now,
  });
  const settle = async () => {
    while (heard < agent.sent.length || requests.length > 0) {
      for (const { topic, action } of agent.sent.slice(heard)) {
        heard += 1;
        await handle(rule(topic, Buffer.from(action.payload)));
      }
      const sent = requests;
      requests = [];
      for (const { topic, payload } of sent) {
        agent.input({ kind: 'message', topic, payload });
        const type = agent.events.at(-1)?.detail ?? '';
        asked.push(type);
      }
    }
  };
  return {
    ...{ agent, lines },
    connect: async () => {
      asked.splice(0);
      // What the test itself asked for is not the controller's.
      heard = agent.sent.length;
      agent.input({ kind: 'connected' });
      await settle();
      return [...asked];
    },
    rows: (table: string) =>
      Object.keys(read(agent, `Device.LocalAgent.${table}`)).filter((path) => path.endsWith('.Enable')),
  };
};

describe('what the controller needs an agent to have', () => {
  test.each(['tr369', 'repeated-boot-parameter', 'numeric-booleans', 'demo'] as const)(
    'is added once, however often an agent of profile %s connects',
    async (profile) => {
      const { connect, rows, lines } = await conversation(profile);
      expect(await connect()).toEqual(['GET', 'ADD']);
      for (let again = 0; again < 3; again++) expect(await connect()).toEqual(['GET']);
      expect(rows('Controller.1.BootParameter.')).toHaveLength(1);
      expect(rows('Subscription.')).toHaveLength(4);
      expect(lines.filter(({ level }) => level === 'UnusedMessages')).toEqual([]);
    },
  );

  test('is left over once from an agent that collected more at every connect', async () => {
    const { agent, connect, rows, lines } = await conversation('repeated-boot-parameter');
    const path = 'Device.LocalAgent.Controller.1.BootParameter.';
    for (const ParameterName of ['SoftwareVersion', 'SoftwareVersion', 'SoftwareVersion', 'HardwareVersion'])
      agent.ask(add(path, { Enable: 'true', ParameterName: `Device.DeviceInfo.${ParameterName}` }));
    expect(rows('Controller.1.BootParameter.')).toHaveLength(4);
    expect(await connect()).toEqual(['GET', 'DELETE', 'ADD']);
    expect(rows('Controller.1.BootParameter.')).toHaveLength(2);
    expect(await connect()).toEqual(['GET']);
    expect(lines.filter(({ level }) => level === 'UnusedMessages')).toEqual([]);
  });
});
