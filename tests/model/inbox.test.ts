import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { type MessageOf, parseMessage } from '../../functions/shared/messages';
import { sfnTasks } from '../../functions/workflow/tasks';
import {
  dynamoInbox,
  type Inbox,
  type InboxItem,
  type InboxKey,
  WAITS,
  type Wait,
} from '../../functions/workflow/upgrade-status/inbox';
import { startWait, upgradeStatus } from '../../functions/workflow/upgrade-status/upgrade-status';
import type { Gate, Program } from './actor';
import { type AwsWorld, createLambda, emptyWorld, OPEN, openTask, performAws, settleTask } from './aws-world';
import { explore, type Model, replay, storyOf } from './explorer';
import { gatedClients, gatedDocumentClient } from './gated-clients';
import { silentLog } from './silent-log';

type Report = MessageOf<'FIRMWARE_TRANSFERRED' | 'DOWNLOAD_OPERATION_DONE' | 'DEVICE_REBOOTED' | 'ACTIVATION_FAILED'>;

/** An event of the device. `copies`: how often SNS delivers it; `at`: what the clock of its function shows. */
interface Delivered {
  readonly name: Report['name'];
  readonly status: 'SUCCESS' | 'FAIL';
  readonly copies: number;
  readonly at: number;
  /** A boot that is of the operation only if the firmware was on the device by then; the others say when they were received. */
  readonly ifDownloadedBy?: number;
}

const THING = 'sim-1';
const OPERATION = 'job.1';
const MAX_RETRIES = 2;

/** Whether a boot, if it is one, is of the operation: the firmware was on the device before. */
const isOfOperation = ({ ifDownloadedBy = Infinity }: Delivered, events: readonly Delivered[]): boolean =>
  ifDownloadedBy === Infinity ||
  events.some(({ name, status, at }) => name !== 'DEVICE_REBOOTED' && status === 'SUCCESS' && at <= ifDownloadedBy);

/** What may settle a wait, and with what: the specification, in other words than the code. */
const mayEnd = (wait: Wait, { name, status }: Delivered): boolean =>
  name === 'DEVICE_REBOOTED' ||
  name === 'ACTIVATION_FAILED' ||
  name === wait ||
  (wait === 'FIRMWARE_TRANSFERRED' && name === 'DOWNLOAD_OPERATION_DONE' && status === 'SUCCESS');
const settlementBy = (token: string, { name, status }: Delivered) => {
  if (name === 'DEVICE_REBOOTED') return { output: { status, event: name, token, newFirmwareVersion: '2.0' } };
  return status === 'SUCCESS' ? { output: { status, event: name, token } } : { error: `${name}.7010` };
};

/** The workflow as far as its waits go: two side by side, then the boot; a wait that was not registered is begun again. */
const workflow: Program = async (gate) => {
  const wait = async (name: Wait, retries = 0): Promise<void> => {
    const token = `${name} ${retries}`;
    await gate('workflow:wait', { name, token });
    const settlement = await gate('workflow:result', { token });
    if (settlement === 'WaitNotRegistered' && retries < MAX_RETRIES) return wait(name, retries + 1);
    if (typeof settlement === 'object' && settlement !== null && 'error' in settlement) throw new Error('failed');
  };
  await Promise.all([wait('FIRMWARE_TRANSFERRED'), wait('DOWNLOAD_OPERATION_DONE')]);
  await wait('DEVICE_REBOOTED');
};

const eventOf = ({ name, status, at, ifDownloadedBy }: Delivered) =>
  parseMessage({
    ...{ name, status, id: OPERATION, operationId: OPERATION, thingName: THING },
    ...(ifDownloadedBy === undefined ? { receivedAt: at } : { ifDownloadedBy }),
    ...(name === 'DEVICE_REBOOTED' ? { firmwareVersion: '2.0' } : status === 'FAIL' && { faultCode: '7010' }),
  }) as Report;

interface Variant {
  readonly inboxOf?: (gate: Gate) => Inbox;
  readonly isDeliveredAgain?: boolean;
}

/** The inbox, a workflow that waits, and functions that events and waits start. */
const modelOf = (
  events: readonly Delivered[],
  deaths: number,
  { inboxOf = (gate: Gate) => dynamoInbox(gatedDocumentClient(gate), 'inbox'), isDeliveredAgain = true }: Variant = {},
): Model<AwsWorld> => {
  const depsOf = (gate: Gate, at: number) => ({
    ...{ inbox: inboxOf(gate), tasks: sfnTasks(gatedClients(gate).sfn), now: () => at },
  });

  const lambda = createLambda({
    event: (gate, event) => {
      const delivered = event as Delivered;
      return upgradeStatus(depsOf(gate, delivered.at))(eventOf(delivered), silentLog);
    },
    wait: (gate, wait) => startWait(depsOf(gate, 0), silentLog)({ wait }),
    workflow,
  });
  const copies = events.flatMap((event) =>
    Array.from({ length: event.copies }, () => lambda.invoke('event', `${event.name} ${event.status}`, event)),
  );
  const reports = events.filter((one) => isOfOperation(one, events));
  const right = new Set([OPEN, '"WaitNotRegistered"']);
  const isRight = (token: string, settlement: string): boolean => {
    if (right.has(settlement)) return true;
    const wait = WAITS.find((name) => token.startsWith(name));
    const settledBy = reports.find((one) => JSON.stringify(settlementBy(token, one)) === settlement);
    if (!wait || !settledBy || !mayEnd(wait, settledBy)) return false;
    // A success names its token.
    if (settlement.includes(token)) right.add(settlement);
    return true;
  };
  return {
    world: emptyWorld(deaths),
    actors: [lambda.invoke('workflow', '', undefined), ...copies],
    program: lambda.program,
    perform: (world, _actor, call) => {
      const { name = '', token = '' } = call.input as Readonly<Record<string, string>>;
      if (call.name === 'workflow:wait') {
        const wait = { name, token, operationId: OPERATION, thingName: THING, executionArn: 'arn' };
        return [
          { world: openTask(world, token), answer: { value: null }, starts: [lambda.invoke('wait', token, wait)] },
        ];
      }
      if (call.name === 'workflow:result') {
        const settled = world.tasks[token] ?? OPEN;
        return settled === OPEN ? [] : [{ world, answer: { value: JSON.parse(settled) as unknown } }];
      }
      const performed = performAws(world, call, () => []);
      return performed ? [performed] : [];
    },
    end: (world, name, how) => {
      const { code, label } = lambda.invocation(name);
      const next = how === 'died' ? { ...world, deaths: world.deaths - 1 } : world;
      if (code === 'event') return { world: next, starts: isDeliveredAgain ? lambda.after(name, how) : [] };
      return { world: code === 'wait' && how !== 'done' ? settleTask(next, label, 'WaitNotRegistered') : next };
    },
    mayDie: ({ deaths: left }, name) => left > 0 && lambda.invocation(name).code !== 'workflow',
    // Nothing opens a task again: what is closed stays as it is.
    commutes: ({ tasks }, { name, input }) => {
      const { token, taskToken = token ?? '' } = input as Readonly<Record<string, string>>;
      const isClosed = tasks[taskToken] !== undefined && tasks[taskToken] !== OPEN;
      return name === 'workflow:wait' || (isClosed && (name === 'workflow:result' || name.startsWith('states:')));
    },
    problemOnTheWay: ({ tasks }) => {
      const wrong = Object.entries(tasks).find((task) => !isRight(...task));
      return wrong && `${wrong[0]} is settled by ${wrong[1]}`;
    },
    problemAtTheEnd: (_, waiting) => {
      const stuck = waiting.flatMap(({ calls }) => calls).map(({ input }) => (input as { token: string }).token);
      const wait = stuck.find((token) => reports.some((event) => mayEnd(token.split(' ')[0] as Wait, event)));
      return wait && `${wait} waits for ever, although an event that ends it was delivered`;
    },
  };
};

type Rest = Partial<Omit<Delivered, 'name'>>;
const event = (name: Delivered['name'], rest: Rest): Delivered => ({
  name,
  status: 'SUCCESS',
  copies: 1,
  at: 5,
  ...rest,
});
const transfer = (rest: Rest = {}) => event('FIRMWARE_TRANSFERRED', { at: 1, ...rest });
const operation = (rest: Rest = {}) => event('DOWNLOAD_OPERATION_DONE', { at: 2, ...rest });
const boot = (rest: Rest = {}) => event('DEVICE_REBOOTED', { at: 3, ...rest });
const activationFailed = event('ACTIVATION_FAILED', { status: 'FAIL' });
const FAIL = { status: 'FAIL' } as const;
const TWICE = { copies: 2 } as const;

/** One function may die anywhere, in any schedule. */
describe('whatever the order of waits, events and deaths, a wait ends with an event that ends it, and none waits for ever', () => {
  test.each<readonly [string, readonly Delivered[]]>([
    ['nothing is reported', []],
    ['the transfer alone, twice', [transfer(TWICE)]],
    ['the operation alone, twice', [operation(TWICE)]],
    ['the boot alone, twice', [boot(TWICE)]],
    ['transfer and operation', [transfer(), operation()]],
    ['transfer and boot', [transfer(TWICE), boot()]],
    ['all three', [transfer(), operation(), boot()]],
    ['all three, by clocks that disagree', [transfer({ at: 3 }), operation(), boot({ at: 1 })]],
    ['all three in the same millisecond', [transfer({ at: 2 }), operation(), boot({ at: 2 })]],
    ['the operation, and the boot twice', [operation(), boot(TWICE)]],
    ['a failed transfer, and an operation', [transfer(FAIL), operation()]],
    ['a failed transfer, and a boot', [transfer(FAIL), boot()]],
    ['a failed operation, and a transfer', [transfer(), operation(FAIL)]],
    ['a failed operation, and a boot', [operation(FAIL), boot()]],
    ['a boot that followed the transfer', [transfer(), boot({ ifDownloadedBy: 1 })]],
    ['a boot that followed the operation, twice', [operation(), boot({ ifDownloadedBy: 2, ...TWICE })]],
    ['a boot that did not follow the operation', [operation(), boot({ ifDownloadedBy: 1 })]],
    ['a failed operation twice, and nothing else', [operation({ ...FAIL, ...TWICE })]],
    ['a failed activation', [transfer(), operation(), activationFailed]],
    ['a failed activation, and a boot', [operation(), activationFailed, boot()]],
  ])('%s', async (_, events) => {
    expect(storyOf(await explore(modelOf(events, 1)))).toMatch(/^nothing wrong/);
  });

  test('operation and boot twice, and no death', async () => {
    const model = modelOf([operation(TWICE), boot(TWICE)], 0);
    expect(storyOf(await explore(model))).toMatch(/^nothing wrong/);
  });
});

/** An inbox that reads the item before it writes, in place of one UpdateItem that returns it. */
const readsFirst = (gate: Gate): Inbox => {
  const dynamo = gatedDocumentClient(gate);
  const inbox = dynamoInbox(dynamo, 'inbox');
  const read = async (Key: InboxKey): Promise<InboxItem> => {
    const { Item = {} } = await dynamo.send(new GetCommand({ TableName: 'inbox', Key }));
    const named = (kind: string) =>
      Object.fromEntries(WAITS.flatMap((wait) => (Item[kind + wait] === undefined ? [] : [[wait, Item[kind + wait]]])));
    return { tokens: named('token:'), events: named('event:'), boots: [] };
  };
  return {
    ...inbox,
    register: async ({ thingName, operationId }, wait, token, now) => {
      const item = await read({ thingName, operationId });
      await inbox.register({ thingName, operationId }, wait, token, now);
      return { ...item, tokens: { ...item.tokens, [wait]: token } };
    },
    record: async ({ thingName, operationId }, wait, recorded) => {
      const item = await read({ thingName, operationId });
      await inbox.record({ thingName, operationId }, wait, recorded);
      return { ...item, events: { [wait]: recorded, ...item.events } };
    },
  };
};

/** Proof that the explorer looks. */
describe('the explorer finds', () => {
  test('that an inbox which reads before it writes loses an event, and the schedule of it can be replayed', async () => {
    const model = modelOf([boot()], 0, { inboxOf: readsFirst });
    const { violation } = await explore(model);
    expect(violation?.problem).toMatch(/waits for ever/);
    expect(await replay(model, violation?.schedule ?? [])).toMatchObject({ problem: violation?.problem });
  });

  test('that a wait may be lost with the function that was to end it, if no event is delivered again', async () => {
    const { violation } = await explore(modelOf([boot()], 1, { isDeliveredAgain: false }));
    expect(violation?.problem).toMatch(/waits for ever/);
    expect(violation?.schedule.some((step) => step.endsWith('dies'))).toBe(true);
  });
});
