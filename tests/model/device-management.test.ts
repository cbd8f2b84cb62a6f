import { downloadFirmware } from '../../functions/device-management/download-firmware/download-firmware';
import { upgradeFailed } from '../../functions/device-management/download-firmware/upgrade-failed';
import { dynamoDevices } from '../../functions/device-management/dynamo-devices';
import type { Devices } from '../../functions/device-management/devices';
import { handleDeviceMessage } from '../../functions/device-management/message-handler/message-handler';
import type { OutgoingMessage } from '../../functions/device-management/protocol';
import { protocolsFor } from '../../functions/device-management/protocols';
import { iotDataSend } from '../../functions/device-management/send';
import type { MessageInput } from '../../functions/shared/messages';
import { publishTo } from '../../functions/shared/sns-out';
import {
  connects,
  CONTROLLER,
  event,
  messageOf,
  notify,
  says,
  START,
  THING,
} from '../unit/functions/support/device-world';
import type { Gate } from './actor';
import { type AwsWorld, createLambda, emptyWorld, performAws } from './aws-world';
import { type Effect, explore, type Model, replay, storyOf } from './explorer';
import { gatedClients, gatedDocumentClient } from './gated-clients';
import { silentLog } from './silent-log';

const NEW = START.firmwareVersion;
const versionIs = (version: string) => JSON.stringify({ 'Device.DeviceInfo.SoftwareVersion': version });

/** What the device says, in this order, when it is asked to download; Lambda handles it in any order. */
const SAYS = {
  answer: (msgId: string) =>
    says({
      header: { msgId, msgType: 'OPERATE_RESP' },
      body: {
        response: {
          operateResp: {
            operationResults: [{ executedCommand: 'Device.DeviceInfo.FirmwareImage.2.Download()', reqObjPath: 'r' }],
          },
        },
      },
    }),
  transfer: () => event('TransferComplete!', { CommandKey: START.id, FaultCode: '0' }),
  operation: () => notify({ operComplete: { commandName: 'Download()', commandKey: START.id, reqOutputArgs: {} } }),
  boot: (_: string, at: number) =>
    event('Boot!', { CommandKey: START.id, FirmwareUpdated: 'true', ParameterMap: versionIs(NEW) }, {}, `boot-${at}`),
  'boot without command key': (_: string, at: number) =>
    event('Boot!', { CommandKey: '', FirmwareUpdated: 'true', ParameterMap: versionIs(NEW) }, {}, `boot-${at}`),
  'boot into the old version': (_: string, at: number) =>
    event('Boot!', { CommandKey: '', FirmwareUpdated: 'false', ParameterMap: versionIs('1.2.1') }, {}, `boot-${at}`),
  connects: () => connects(),
} as const;

/** The answer to the question whether the device has the command: an image that it downloads to, or nothing of it. */
const shows = (msgId: string, isAsked: boolean) => {
  const at = (resolvedPath: string, resultParams: object) => ({
    resolvedPathResults: [{ resolvedPath, resultParams }],
  });
  const images = [
    at('Device.DeviceInfo.', { SoftwareVersion: '1.2.1' }),
    at('Device.DeviceInfo.FirmwareImage.1.', { Status: 'Active', Version: '1.2.1' }),
    at('Device.DeviceInfo.FirmwareImage.2.', { Status: isAsked ? 'Downloading' : 'Available', Version: '' }),
    at('Device.LocalAgent.', { RequestNumberOfEntries: '0' }),
  ];
  return says({
    header: { msgId, msgType: 'GET_RESP' },
    body: { response: { getResp: { reqPathResults: images } } },
  });
};
type Said = keyof typeof SAYS;

interface Scenario {
  /** How often SNS delivers START_UPGRADE. */
  readonly starts: number;
  readonly says: readonly Said[];
  /** How often the device's message rule delivers each message. */
  readonly copies?: Readonly<Partial<Record<Said, number>>>;
  /** The workflow ends without success. */
  readonly isClosed?: boolean;
  /** How many functions may die, and which. */
  readonly deaths: number;
  readonly mortal?: 'start' | 'message';
  readonly devicesOf?: (gate: Gate) => Devices;
}

interface World extends AwsWorld {
  /** How often the device was asked to download. */
  readonly asked: number;
  readonly isClosed: boolean;
  /** Whether an invocation that began after the operation was closed asked the device. */
  readonly isAskedLate: boolean;
}

const ASKED_AT = Date.parse(START.enteredAt);
const ASK_AGAIN = 'ask again';
/** When the workflow asks again after the task with this token. */
const askedAgainAt = (token: string): number => ASKED_AT + token.length * 60_000;
/** Lambda tries again after a minute: by then a sender has finished, or is dead. */
const RETRY_MS = 60_000;
const SEND = 'iotdata:Publish';
/** The same by an invocation that began after the operation was closed. */
const SEND_LATE = 'iotdata:Publish, late';
const dynamoOf = (gate: Gate) => dynamoDevices(gatedDocumentClient(gate), 'devices');

const modelOf = ({
  starts,
  says: said,
  copies,
  isClosed,
  deaths,
  mortal,
  devicesOf = dynamoOf,
}: Scenario): Model<World> => {
  const depsOf = (gate: Gate, now: number) => {
    const { iotData, sns } = gatedClients(gate);
    return {
      ...{ protocols: protocolsFor(CONTROLLER), devices: devicesOf(gate), log: silentLog, now: () => now },
      ...{ send: iotDataSend(iotData), publish: publishTo(sns, 'topic') },
      ...{ urlTemplate: 'https://firmware/{firmwareVersion}', credentials: async () => undefined },
    };
  };
  const lambda = createLambda({
    start: async (gate, _event, tries) => {
      const isLate = await gate('start:isLate', {});
      const marked: Gate = (name, input) => gate(isLate && name === SEND ? SEND_LATE : name, input);
      await downloadFirmware(depsOf(marked, ASKED_AT + (tries - 1) * RETRY_MS))(START, silentLog);
    },
    [ASK_AGAIN]: async (gate, event, tries) => {
      await gate('start:isLate', {});
      const token = `${String(event)}, again`;
      const enteredAt = askedAgainAt(String(event));
      const request = { ...START, token, enteredAt: new Date(enteredAt).toISOString(), timeLimitSeconds: 600 };
      await downloadFirmware(depsOf(gate, enteredAt + (tries - 1) * RETRY_MS))(request, silentLog);
    },
    message: (gate, message) => handleDeviceMessage(depsOf(gate, ASKED_AT + 1_000))(message),
    close: (gate) =>
      upgradeFailed(depsOf(gate, ASKED_AT))(
        { name: 'FIRMWARE_UPGRADE_FAIL', id: START.id, operationId: START.id, thingName: THING },
        silentLog,
      ),
  });
  const sentAt = (actor: string): number => {
    const { code, event, tries } = lambda.invocation(actor);
    return (code === ASK_AGAIN ? askedAgainAt(String(event)) : ASKED_AT) + (tries - 1) * RETRY_MS;
  };
  /** A repeated request is another download, with messages of its own. */
  const deviceTakes = (world: World, actor: string, sent: OutgoingMessage): Effect<World> => {
    const { header, body } = messageOf(sent);
    if (body?.request?.get?.paramPaths?.includes('Device.LocalAgent.Request.')) {
      const isAsked = world.asked > 0;
      const message = { ...shows(header?.msgId ?? '', isAsked), receivedAt: ASKED_AT + RETRY_MS * 3 };
      return { world, starts: [lambda.invoke('message', `shows ${isAsked} to ${header?.msgId ?? ''}`, message)] };
    }
    if (!body?.request?.operate) return { world };
    const asked = world.asked + 1;
    const at = sentAt(actor);
    return {
      world: { ...world, asked },
      starts: said.flatMap((name, index) => {
        const receivedAt = at + 10 * (index + 1);
        const message = { ...SAYS[name](header?.msgId ?? '', receivedAt), receivedAt };
        return Array.from({ length: copies?.[name] ?? 1 }, () =>
          lambda.invoke('message', `${name} at ${receivedAt} of ${header?.msgId ?? ''}`, message),
        );
      }),
    };
  };
  const begin = (world: World, actor: string, all: readonly { readonly name: string }[]) => {
    const { code, tries } = lambda.invocation(actor);
    // The workflow pauses before it asks again, and Lambda before it tries again: what led to that has ended.
    const isEarlier = ({ name }: { readonly name: string }) => {
      const other = lambda.invocation(name);
      if (code === ASK_AGAIN) return other.code === 'start' || other.label.startsWith('shows');
      return other.code === 'start' && other.tries < tries;
    };
    if (all.some(isEarlier)) return [];
    return [{ world, answer: { value: world.isClosed } }];
  };
  return {
    world: { ...emptyWorld(deaths), asked: 0, isClosed: false, isAskedLate: false },
    actors: [
      ...Array.from({ length: starts }, () => lambda.invoke('start', '', undefined)),
      ...(isClosed ? [lambda.invoke('close', '', undefined)] : []),
    ],
    program: lambda.program,
    perform: (world, actor, call, all) => {
      if (call.name === 'start:isLate') return begin(world, actor, all);
      if (call.name === SEND || call.name === SEND_LATE) {
        const after = deviceTakes(world, actor, call.input as OutgoingMessage);
        const isAskedLate = world.isAskedLate || call.name === SEND_LATE;
        return [{ ...after, world: { ...after.world, isAskedLate }, answer: { value: {} } }];
      }
      // The workflow asks again for what the device was too busy for, or has not received.
      const performed = performAws(world, call, (message) => {
        const { faultCode, token = '' } = message as Readonly<Record<string, string>>;
        return faultCode === 'DEVICE_BUSY' ? [lambda.invoke(ASK_AGAIN, token, token)] : [];
      });
      return performed ? [performed] : [];
    },
    end: (world, name, how) => ({
      world: {
        ...world,
        ...(how === 'died' && { deaths: world.deaths - 1 }),
        isClosed: world.isClosed || (lambda.invocation(name).code === 'close' && how === 'done'),
      },
      starts: lambda.after(name, how),
    }),
    mayDie: ({ deaths: left }, name) => left > 0 && (!mortal || lambda.invocation(name).code === mortal),
    commutes: (_, { name }) => name === 'sns:Publish' || name === SEND || name === SEND_LATE,
    problemOnTheWay: ({ asked, deaths: left, isAskedLate }) => {
      if (isAskedLate) return 'the device is asked by an invocation that began after the end of the workflow';
      return asked > 1 + deaths - left ? `the device is asked ${asked} times after ${deaths - left} deaths` : undefined;
    },
    problemAtTheEnd: ({ asked, published }) => {
      if (isClosed) return undefined;
      if (asked === 0) return 'the device was never asked';
      const messages = Object.keys(published).map((text) => JSON.parse(text) as MessageInput);
      const has = (name: MessageInput['name']) => messages.some((message) => message.name === name);
      if (!has('DEVICE_STARTED_DOWNLOAD_SUCCESS')) return 'nobody learns that the download has begun';
      if (said.includes('transfer') && !has('FIRMWARE_TRANSFERRED')) return 'the transfer is lost';
      if (said.includes('operation') && !has('DOWNLOAD_OPERATION_DONE')) return 'the end of the download is lost';
      const boots = messages.flatMap((message) =>
        message.name === 'DEVICE_REBOOTED' ? [`${message.status} ${message.firmwareVersion ?? ''}`] : [],
      );
      const boot = said.find((name) => name.startsWith('boot'));
      const expected = boot && (boot === 'boot into the old version' ? 'FAIL 1.2.1' : `SUCCESS ${NEW}`);
      return [...new Set(boots)].join() === (expected ?? '') ? undefined : `boots are reported as [${boots.join()}]`;
    },
  };
};

/** Takes every request for the first one. */
const forgetsThatItBegan = (gate: Gate): Devices => {
  const devices = dynamoOf(gate);
  return {
    ...devices,
    begin: async (start) => {
      const begun = await devices.begin(start);
      return begun.kind === 'repeated' ? { ...begun, kind: 'created' } : begun;
    },
  };
};

describe('whatever the order of requests, answers, events and deaths, the device is asked once, and nothing it says is lost:', () => {
  test.each<readonly [string, Scenario]>([
    ['a request that comes three times', { starts: 3, says: ['answer'], deaths: 0 }],
    ['a request that comes twice', { starts: 2, says: ['answer'], deaths: 1 }],
    ['a request that comes twice, and a boot', { starts: 2, says: ['answer', 'boot'], deaths: 0 }],
    ['a whole download', { starts: 1, says: ['answer', 'transfer', 'operation', 'boot'], deaths: 0 }],
    ['an answer and a boot', { starts: 1, says: ['answer', 'boot'], deaths: 1 }],
    [
      'messages that come twice',
      { starts: 1, says: ['transfer', 'boot'], copies: { transfer: 2, boot: 2 }, deaths: 0 },
    ],
    ['a download without an answer', { starts: 1, says: ['transfer', 'boot'], deaths: 1, mortal: 'message' }],
    [
      'a boot that names no operation',
      { starts: 1, says: ['answer', 'boot without command key'], deaths: 1, mortal: 'message' },
    ],
    ['a roll-back', { starts: 1, says: ['answer', 'boot into the old version'], deaths: 1, mortal: 'message' }],
    [
      'a roll-back of a device that connects',
      { starts: 1, says: ['answer', 'connects', 'boot into the old version'], deaths: 0 },
    ],
  ])('%s', async (_, scenario) => {
    expect(storyOf(await explore(modelOf(scenario)))).toMatch(/^nothing wrong/);
  });

  test.each([
    { starts: 2, deaths: 0 },
    { starts: 2, deaths: 1 },
  ])('after the end of the workflow no invocation asks the device: %j', async (how) => {
    const model = modelOf({ ...how, says: ['answer'], isClosed: true });
    expect(storyOf(await explore(model))).toMatch(/^nothing wrong/);
  });
});

describe('the explorer finds', () => {
  test('that a sender which does not know that another has begun makes the device download twice', async () => {
    const model = modelOf({ starts: 2, says: ['answer'], deaths: 0, devicesOf: forgetsThatItBegan });
    const { violation } = await explore(model);
    expect(violation?.problem).toBe('the device is asked 2 times after 0 deaths');
    expect(await replay(model, violation?.schedule ?? [])).toMatchObject({ problem: violation?.problem });
  });
});
