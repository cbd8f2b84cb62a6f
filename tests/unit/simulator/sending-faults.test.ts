import type { AgentConfig } from '../../../simulator/agent/config';
import type { FaultName } from '../../../simulator/agent/faults';
import { PROFILES } from '../../../simulator/agent/profiles';
import { drive, operate, subscribeAll } from '../../support/agent-driver';
import { ARGS, DOWNLOAD, faulty, upgraded, VERSION } from '../../support/faulty-agent';

describe('flapping-link', () => {
  test('loses the connection three times before the reboot, and everything is still sent', () => {
    const { agent, said } = upgraded('flapping-link');
    const kinds = agent.link.map(({ kind }) => kind);
    expect(kinds).toStrictEqual([...Array.from({ length: 3 }, () => ['disconnect', 'reconnect']).flat(), 'reconnect']);
    expect(agent.link.every(({ at }) => at > 0 && at <= 20)).toBe(true);
    expect(said.filter((line) => !line.endsWith('connect record'))).toStrictEqual([
      '10 TransferComplete! ok',
      '15 OperationComplete ok',
      '20 Boot! 1.2.3',
      `20 ValueChange ${VERSION} 1.2.3`,
    ]);
  });

  test('does not close the connection that a reboot has opened', () => {
    const agent = faulty('flapping-link');
    operate(agent, DOWNLOAD, ARGS);
    while (agent.link.at(-1)?.kind !== 'disconnect') agent.advance(0.1);
    const step = { kind: 'reboot', boots: 0, cause: { commandKey: '', cause: 'LocalReboot', reason: '' } } as const;
    agent.input({ kind: 'due', step });
    agent.advance(60);
    expect(agent.link.map(({ kind }) => kind)).toStrictEqual(['disconnect', 'reconnect']);
  });
});

/** What is known of one fault on many devices. */
const fleet = (fault: FaultName, config: Partial<AgentConfig> = {}) =>
  Array.from({ length: 40 }, (_, index) => upgraded(fault, { thingName: `sim-${index}`, ...config }));

test('duplicates sends each notification two or three times with the same msg_id', () => {
  const counts = fleet('duplicates').flatMap(({ agent }) => {
    const ids = agent.notifications().map(({ msgId }) => msgId);
    return [...new Set(ids)].map((id) => ids.filter((other) => other === id).length);
  });
  expect(counts).toHaveLength(40 * 4);
  expect(new Set(counts)).toStrictEqual(new Set([2, 3]));
});

describe('reordering', () => {
  const orders = (runs: ReturnType<typeof fleet>) =>
    new Set(
      runs.map(({ said }) =>
        said
          .filter((line) => !line.endsWith('connect record'))
          .map((line) => /^\S+ (\w+)/.exec(line)?.[1])
          .join(' '),
      ),
    );

  test('sends notifications in every order, but those from before the reboot before Boot!', () => {
    expect(orders(fleet('reordering'))).toStrictEqual(
      new Set([
        'TransferComplete OperationComplete Boot ValueChange',
        'TransferComplete OperationComplete ValueChange Boot',
        'OperationComplete TransferComplete Boot ValueChange',
        'OperationComplete TransferComplete ValueChange Boot',
      ]),
    );
  });

  test('sends those of an operation that the reboot interrupts in any order after it', () => {
    const seen = orders(fleet('reordering', { profile: PROFILES['late-operation-complete'] }));
    expect(seen.size).toBe(6);
    for (const order of seen) expect(order.startsWith('TransferComplete ')).toBe(true);
  });

  test('sends those of devices that stay connected, and of a failed download, all the same', () => {
    const demo = orders(fleet('reordering', { profile: PROFILES.demo, reconnectOnReboot: false }));
    expect(demo).toStrictEqual(
      new Set(
        ['TransferComplete OperationComplete', 'OperationComplete TransferComplete'].flatMap((before) => [
          `${before} Boot ValueChange`,
          `${before} ValueChange Boot`,
        ]),
      ),
    );
    const agent = faulty('reordering', { fetchFirmware: true });
    operate(agent, DOWNLOAD, ARGS);
    const [command] = agent.fetches;
    const failure = { faultCode: '7018', faultString: 'corrupted', status: 'ValidationFailed' } as const;
    if (command) agent.input({ kind: 'fetched', command, failure });
    agent.advance(60);
    expect(agent.notifications()).toHaveLength(2);
  });

  test('does not hold back what the agent retries', () => {
    const agent = drive({ profile: PROFILES.tr369, fault: 'reordering' });
    subscribeAll(agent, { NotifRetry: 'true' });
    operate(agent, DOWNLOAD, ARGS);
    agent.advance(200);
    const ids = agent.notifications().map(({ msgId }) => msgId);
    expect(ids.length).toBeGreaterThan(new Set(ids).size);
    expect(agent.state().held).toStrictEqual([]);
  });
});

test('wrong-clock writes times that are years off, into the past or the future', () => {
  const years = fleet('wrong-clock').map(({ agent }) => {
    const { StartTime = '', CompleteTime = '' } = agent.notifications()[0]?.event?.params ?? {};
    expect(Date.parse(CompleteTime) - Date.parse(StartTime)).toBe(10_000);
    return new Date(StartTime).getUTCFullYear() - 2026;
  });
  for (const off of years) expect(Math.abs(off)).toBeGreaterThanOrEqual(4);
  for (const off of years) expect(Math.abs(off)).toBeLessThanOrEqual(26);
  expect(new Set(years.map(Math.sign))).toStrictEqual(new Set([-1, 1]));
});
