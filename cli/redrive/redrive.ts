import { errorText } from '../aws';
import { logicalIdOf, type Stack } from '../../operate/stack';
import { type DeadLetter, deadLetterOf, type Kind, KINDS } from '../../operate/dead-letter';
import type { Deliver } from './deliver';
import type { RedriveOptions } from './options';
import type { createPlanner, Plan } from './plan';
import type { Queue, QueuedMessage } from '../../operate/queue';

/** A message that was looked at. */
export interface Item {
  readonly messageId: string;
  readonly kind: Kind;
  /** Names in the template of the functions or state machines that it is for. */
  readonly recipients: readonly string[];
  readonly cause: string;
  readonly subject: string;
  /** Of the invocation that failed, to find its log. */
  readonly requestId?: string;
  readonly rule?: string;
  /** ISO 8601. */
  readonly sentAt: string;
  /** As it is in the queue. */
  readonly body: string;
  readonly handedBack: boolean;
  /** Why it cannot be handed back, or was not. */
  readonly problem?: string;
}

export interface Redriven {
  readonly items: readonly Item[];
  readonly interrupted: boolean;
  /** Messages that could not be made visible again at once. */
  readonly hidden: number;
}

export interface RedriveDeps {
  readonly stack: Stack;
  readonly queue: Queue;
  readonly plan: ReturnType<typeof createPlanner>;
  readonly deliver: Deliver;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly stop: AbortSignal;
  readonly onProgress: (done: number) => void;
}

type Selection = Pick<RedriveOptions, 'apply' | 'only' | 'limit' | 'olderThan'>;

/** Clocks differ. What comes later than this is what failed again, and is for the next run. */
const CLOCK_SKEW_MS = 60_000;

const RECIPIENTS = ['AWS::Lambda::Function', 'AWS::StepFunctions::StateMachine', 'AWS::IoT::TopicRule'];

/** Why nothing can match `--only`, if so. */
export const onlyProblem = (stack: Stack, only: string | undefined): string | undefined => {
  if (only === undefined || KINDS.some((kind) => kind === only)) return undefined;
  const known = stack.resources.filter(({ type }) => RECIPIENTS.includes(type)).map(({ logicalId }) => logicalId);
  if (known.includes(logicalIdOf(stack, only))) return undefined;
  return `--only ${only}: give a kind (${KINDS.join(', ')}) or a name of stack ${stack.name}: ${known.join(', ')}.`;
};

const ruleOf = (stack: Stack, letter: DeadLetter) =>
  letter.kind === 'rule' ? logicalIdOf(stack, letter.ruleName) : undefined;

const isSelected = (stack: Stack, letter: DeadLetter, plan: Plan, only: string | undefined): boolean => {
  if (only === undefined || only === letter.kind) return true;
  const name = logicalIdOf(stack, only);
  return name === ruleOf(stack, letter) || ('recipients' in plan && plan.recipients.includes(name));
};

const itemOf = (stack: Stack, message: QueuedMessage, letter: DeadLetter, plan: Plan) => {
  const rule = ruleOf(stack, letter);
  return {
    messageId: message.messageId,
    kind: letter.kind,
    recipients: 'recipients' in plan ? plan.recipients : [],
    cause: letter.cause,
    subject: letter.subject,
    ...(letter.kind === 'lambda' && { requestId: letter.requestId }),
    ...(rule !== undefined && { rule }),
    sentAt: new Date(message.sentAt).toISOString(),
    body: message.body,
    handedBack: false,
    ...('problem' in plan && { problem: plan.problem }),
  };
};

/** Hands back, then deletes. A message of which that is not known stays in the queue. */
const handBack = async ({ queue, deliver }: RedriveDeps, message: QueuedMessage, plan: Plan) => {
  if ('problem' in plan) return { handedBack: false };
  try {
    for (const delivery of plan.deliveries) await deliver(delivery);
  } catch (error) {
    return { handedBack: false, problem: errorText(error) };
  }
  try {
    await queue.remove(message);
    return { handedBack: true };
  } catch (error) {
    return { handedBack: false, problem: `handed back, but not deleted: ${errorText(error)}` };
  }
};

const readBatch = async (deps: RedriveDeps, batch: readonly QueuedMessage[], { only, olderThan }: Selection) => {
  const { stack, plan, now } = deps;
  const old = olderThan === undefined ? batch : batch.filter(({ sentAt }) => sentAt <= now - olderThan);
  const planned = await Promise.all(
    old.map(async (message) => {
      const letter = deadLetterOf(message);
      return { message, letter, plan: await plan(letter, message) };
    }),
  );
  return planned.filter((one) => isSelected(stack, one.letter, one.plan, only));
};

/**
 * Looks at the messages of a queue, and with `apply` hands them back. Those that stay are visible again at the end, also
 * after an error.
 * @throws what SQS refuses
 */
export const redrive = async (deps: RedriveDeps, selection: Selection): Promise<Redriven> => {
  const { stack, queue, now, stop, onProgress } = deps;
  const { apply, limit = Infinity } = selection;
  const items: Item[] = [];
  let hidden = 0;
  let looked = 0;
  try {
    for await (const batch of queue.batches(now + CLOCK_SKEW_MS)) {
      if (stop.aborted) break;
      const selected = (await readBatch(deps, batch, selection)).slice(0, limit - items.length);
      const done = await Promise.all(
        selected.map(async ({ message, letter, plan }) => {
          const item = itemOf(stack, message, letter, plan);
          return apply ? { ...item, ...(await handBack(deps, message, plan)) } : item;
        }),
      );
      items.push(...done);
      looked += batch.length;
      onProgress(looked);
      if (items.length >= limit) break;
    }
  } finally {
    hidden = await queue.release();
  }
  return { items, hidden, interrupted: stop.aborted };
};
