import {
  answer,
  connects,
  event,
  inventory,
  notify,
  START,
  THING,
  TWO_BANKS,
  type World,
  world,
} from '../support/device-world';
import { fakeInbox } from '../support/fake-inbox';
import { fakeLog, fakeTasks } from '../support/fakes';
import { type DomainMessage, parseMessage } from '../../../../functions/shared/messages';
import { startWait, upgradeStatus } from '../../../../functions/workflow/upgrade-status/upgrade-status';

/** A message of the device, and the millisecond at which the broker receives it. The download is ordered at 1000. */
interface Sent {
  readonly at: number;
  readonly message: (w: World) => object;
  readonly isConnection?: true;
}

const ASKED = 1_000;
const ID = START.id;
const version = (text: string) => JSON.stringify({ 'Device.DeviceInfo.SoftwareVersion': text });
const boot = (at: number, CommandKey: string, text: string | undefined, FirmwareUpdated = 'false'): Sent => ({
  at,
  message: () =>
    event(
      'Boot!',
      { CommandKey, FirmwareUpdated, ...(text !== undefined && { ParameterMap: version(text) }) },
      {},
      `boot-${at}`,
    ),
});
const change = (at: number, paramValue: string): Sent => ({
  at,
  message: () => notify({ valueChange: { paramPath: 'Device.DeviceInfo.SoftwareVersion', paramValue } }),
});
const connect = (at: number): Sent => ({ at, message: () => connects(), isConnection: true });
const begins: Sent = {
  at: 1_010,
  message: (w) => answer(w, { executedCommand: 'Device.DeviceInfo.FirmwareImage.2.Download()', reqObjPath: 'r' }),
};
const transfer = (at: number, CommandKey = ''): Sent => ({
  at,
  message: () => event('TransferComplete!', { CommandKey, FaultCode: '0' }),
});
const operation = (at: number, commandKey = ''): Sent => ({
  at,
  message: () => notify({ operComplete: { commandName: 'Download()', commandKey, reqOutputArgs: {} } }),
});

const ordersOf = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  items.length <= 1
    ? [items]
    : items.flatMap((item, index) => ordersOf(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));

/** All orders of up to five messages, every seventh of more. */
const someOrdersOf = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  ordersOf(items).filter((_, index) => items.length <= 5 || index % 7 === 0);

/** Handles messages in an order, long after the broker received the last of them, and answers what the controller asks. */
const handled = async (order: readonly Sent[], runs: string): Promise<readonly string[]> => {
  const w = world();
  // The device is one that reports when it connects, if it does so later.
  if (order.some(({ isConnection }) => isConnection)) await w.handle({ ...connects(), receivedAt: 900 });
  w.state.now = ASKED;
  await w.download(START);
  const operate = w.operate();
  w.state.now = 100_000;
  for (const { at, message } of order) {
    const sent = w.sent.splice(0);
    const about = { ...w, operate: () => operate };
    await w.handle({ ...message(about), receivedAt: at });
    const asks = w.sent.some(({ payload }) => Buffer.from(payload).includes('INVENTORY@'));
    if (asks) await w.handle({ ...inventory(w, TWO_BANKS, { SoftwareVersion: runs }), receivedAt: 100_001 });
    w.sent.unshift(...sent);
  }
  return verdictsOf(w.published.map((message) => parseMessage(message)));
};

/** What the workflow, which waits for the boot, makes of what is published. */
const verdictsOf = async (published: readonly DomainMessage[]): Promise<readonly string[]> => {
  const { tasks, settled } = fakeTasks();
  const { log } = fakeLog();
  const deps = { inbox: fakeInbox().inbox, tasks, now: () => 100_002 };
  const key = { operationId: ID, thingName: THING };
  await startWait(deps, log)({ wait: { ...key, name: 'DEVICE_REBOOTED', token: 'boot', executionArn: 'arn:e' } });
  for (const message of published)
    switch (message.name) {
      case 'FIRMWARE_TRANSFERRED':
      case 'DOWNLOAD_OPERATION_DONE':
      case 'DEVICE_REBOOTED':
        await upgradeStatus(deps)(message, log);
    }
  return settled.map((one) => {
    const output = one.output as Readonly<Record<string, string>>;
    return `${output['status'] ?? ''} ${output['newFirmwareVersion'] ?? ''}`;
  });
};

/**
 * Lambda handles the messages of a device in any order, and some twice:
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
describe('whatever the order in which the messages of a device are handled', () => {
  const OLD = '1.2.1';
  const NEW = START.firmwareVersion;

  test.each<readonly [string, string, readonly Sent[], string | undefined]>([
    [
      'a reboot of its own before the download is no verdict: the upgrade succeeds',
      NEW,
      [boot(990, '', OLD), begins, transfer(2_000), operation(2_010), boot(3_000, '', NEW, 'true')],
      `SUCCESS ${NEW}`,
    ],
    [
      'a reboot of its own between command and transfer is no verdict: the upgrade succeeds',
      NEW,
      [begins, boot(1_500, '', OLD), transfer(2_000), operation(2_010), boot(3_000, '', NEW, 'true')],
      `SUCCESS ${NEW}`,
    ],
    [
      'a boot into the old version after the transfer is a roll-back',
      OLD,
      [boot(990, '', OLD), begins, transfer(2_000), operation(2_010), boot(3_000, '', OLD)],
      `FAIL ${OLD}`,
    ],
    [
      'a boot that names the operation decides, with or without a report of the transfer',
      OLD,
      [boot(990, '', OLD), begins, boot(3_000, ID, OLD)],
      `FAIL ${OLD}`,
    ],
    [
      'a boot without version and command key is a roll-back when the device answers so',
      OLD,
      [boot(990, '', undefined), begins, transfer(2_000), operation(2_010), boot(3_000, '', undefined)],
      `FAIL ${OLD}`,
    ],
    [
      'a boot without version and command key is a success when the device answers so',
      NEW,
      [begins, transfer(2_000), operation(2_010), boot(3_000, '', undefined, 'true')],
      `SUCCESS ${NEW}`,
    ],
    [
      'a change of the version from before the command is no verdict',
      OLD,
      [change(980, NEW), change(990, OLD), begins, transfer(2_000), boot(3_000, '', OLD)],
      `FAIL ${OLD}`,
    ],
    [
      'a boot into the target version from before the command is no verdict',
      OLD,
      [boot(980, '', NEW, 'true'), boot(990, '', OLD), begins, transfer(2_000), boot(3_000, '', OLD)],
      `FAIL ${OLD}`,
    ],
    [
      'a first boot that the device reports late is no verdict: the upgrade succeeds',
      NEW,
      [begins, transfer(2_000), boot(2_500, '', OLD), connect(2_900), boot(3_000, '', NEW, 'true')],
      `SUCCESS ${NEW}`,
    ],
    [
      'a boot into the old version after a new connection is a roll-back',
      OLD,
      [begins, transfer(2_000), boot(2_500, '', OLD), connect(2_900), boot(3_000, '', OLD)],
      `FAIL ${OLD}`,
    ],
    [
      'without a boot there is no verdict',
      OLD,
      [boot(990, '', OLD), begins, transfer(2_000), operation(2_010)],
      undefined,
    ],
    [
      'a transfer without command key of before the command is not its transfer',
      OLD,
      [transfer(980), operation(985), begins, boot(1_500, '', OLD)],
      undefined,
    ],
  ])('%s', async (_, runs, messages, expected) => {
    for (const order of someOrdersOf(messages)) {
      const verdicts = await handled(order, runs);
      const story = order.map(({ at }) => at).join(' ');
      expect({ story, verdicts: [...new Set(verdicts)] }).toEqual({
        story,
        verdicts: expected === undefined ? [] : [expected],
      });
    }
  });

  test('every message may be handled twice', async () => {
    const messages = [boot(990, '', OLD), begins, transfer(2_000), boot(3_000, '', OLD)];
    for (const order of ordersOf(messages))
      for (const again of messages) {
        const verdicts = await handled([...order, again], OLD);
        expect([...new Set(verdicts)]).toEqual([`FAIL ${OLD}`]);
      }
  });

  test('a boot that the agent reports again is the boot of before, whenever the broker receives it', async () => {
    const first = boot(990, '', OLD);
    const repeated = { ...first, at: 2_500 };
    expect(await handled([first, begins, transfer(2_000), operation(2_010), repeated], OLD)).toEqual([]);
    expect(await handled([connect(980), first, begins, transfer(2_000), connect(2_400), repeated], OLD)).toEqual([]);
    const verdicts = await handled([first, begins, transfer(2_000), repeated, boot(3_000, '', OLD)], OLD);
    expect(verdicts).toEqual([`FAIL ${OLD}`]);
  });
});
