import type { Answer, Call, Gate, Program } from './actor';
import type { Effect } from './explorer';
import { inOrder, type ItemRequest, type Items, performOnItems } from './memory-dynamodb';

/** The services that actors share. `deaths`: how many more functions may die. */
export interface AwsWorld {
  readonly items: Items;
  /** Tasks with a token: `open`, or how they were settled first. */
  readonly tasks: Readonly<Record<string, string>>;
  /** How often each message was published. */
  readonly published: Readonly<Record<string, number>>;
  readonly deaths: number;
}

export const emptyWorld = (deaths: number): AwsWorld => ({ items: {}, tasks: {}, published: {}, deaths });

export type Performed<World> = Effect<World> & { readonly answer: Answer };

export const OPEN = 'open';
const DONE: Answer = { value: {} };

/** Opens a task, which may be settled once. */
export const openTask = <World extends AwsWorld>(world: World, token: string): World => ({
  ...world,
  tasks: inOrder({ ...world.tasks, [token]: OPEN }),
});

/** @returns the world unchanged when the task is closed */
export const settleTask = <World extends AwsWorld>(world: World, token: string, settlement: unknown): World =>
  world.tasks[token] === OPEN ? { ...world, tasks: { ...world.tasks, [token]: JSON.stringify(settlement) } } : world;

const sendTask = <World extends AwsWorld>(world: World, token: string, settlement: unknown): Performed<World> => {
  const after = settleTask(world, token, settlement);
  return after === world
    ? { world, answer: { error: { name: 'TaskTimedOut', message: token } } }
    : { world: after, answer: DONE };
};

const count = (counts: Readonly<Record<string, number>>, key: string) =>
  inOrder({ ...counts, [key]: (counts[key] ?? 0) + 1 });

/**
 * DynamoDB, SNS and the settling of tasks.
 * @param deliveriesOf the actors that a published message starts
 * @returns undefined for calls to anything else
 */
export const performAws = <World extends AwsWorld>(
  world: World,
  { name, input }: Call,
  deliveriesOf: (message: unknown) => readonly string[],
): Performed<World> | undefined => {
  const fields = input as Readonly<Record<string, string>>;
  switch (name) {
    case 'dynamodb:UpdateItem':
    case 'dynamodb:GetItem': {
      const operation = name === 'dynamodb:GetItem' ? 'GetItem' : 'UpdateItem';
      const { items, answer } = performOnItems(world.items, operation, input as ItemRequest);
      return { world: items === world.items ? world : { ...world, items }, answer };
    }
    case 'states:SendTaskSuccess':
      return sendTask(world, fields['taskToken'] ?? '', { output: JSON.parse(fields['output'] ?? '') as unknown });
    case 'states:SendTaskFailure':
      return sendTask(world, fields['taskToken'] ?? '', { error: fields['error'] });
    case 'sns:Publish': {
      const text = fields['Message'] ?? '';
      const published = count(world.published, text);
      return { world: { ...world, published }, answer: DONE, starts: deliveriesOf(JSON.parse(text)) };
    }
    default:
      return undefined;
  }
};

/** The code of a function: what it does with an event. `tries`: how often the event was delivered, this time included. */
export type LambdaCode = (gate: Gate, event: unknown, tries: number) => Promise<unknown>;

interface Invocation {
  readonly code: string;
  readonly label: string;
  readonly event: unknown;
  readonly tries: number;
}

/** Lambda tries an asynchronous event again twice: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const MAX_TRIES = 3;

/** Invocations of functions, as actors. The name of a function and the label of an event stand for the event. */
export const createLambda = (codes: Readonly<Record<string, LambdaCode>>) => {
  const invocations = new Map<string, Invocation>();
  const programs = new Map<string, Program>();
  const invocation = (name: string): Invocation => {
    const found = invocations.get(name);
    if (!found) throw new Error(`no invocation ${name}`);
    return found;
  };
  const invoke = (code: string, label: string, event: unknown, tries = 1): string => {
    const name = `${code}(${label})${tries === 1 ? '' : ` try ${tries}`}`;
    const known = invocations.get(name);
    if (known && known.event !== event && JSON.stringify(known.event) !== JSON.stringify(event))
      throw new Error(`${name} stands for two events: name them apart`);
    if (!known) invocations.set(name, { code, label, event, tries });
    return name;
  };
  return {
    invoke,
    invocation,
    program: (name: string): Program => {
      const known = programs.get(name);
      if (known) return known;
      const { code, event, tries } = invocation(name);
      const run = codes[code];
      if (!run) throw new Error(`no code of ${code}`);
      const program: Program = (gate) => run(gate, event, tries);
      programs.set(name, program);
      return program;
    },
    /** What follows on an invocation that ended like this, where the event came asynchronously. */
    after: (name: string, how: 'done' | 'failed' | 'died'): readonly string[] => {
      const { code, label, event, tries } = invocation(name);
      return how === 'done' || tries === MAX_TRIES ? [] : [invoke(code, label, event, tries + 1)];
    },
  };
};
