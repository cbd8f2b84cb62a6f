import { logicalIdOf, type Stack } from '../../operate/stack';
import { errorText } from '../aws';
import type { DeadLetter, LambdaLetter, RuleError, SnsLetter } from '../../operate/dead-letter';
import type { Lookups } from './lookups';
import type { QueuedMessage } from '../../operate/queue';

/** One call that hands a message back. */
export type Delivery =
  | { readonly kind: 'invoke'; readonly functionArn: string; readonly event: string }
  | { readonly kind: 'start'; readonly stateMachineArn: string; readonly name: string; readonly input: string };

export type Plan =
  | { readonly deliveries: readonly Delivery[]; readonly recipients: readonly string[] }
  /** Why the message cannot be handed back. */
  | { readonly problem: string };

/** @throws Error that explains why */
type Deliveries<L extends DeadLetter> = (letter: L, message: QueuedMessage) => Promise<readonly Delivery[]>;

const invoke = (functionArn: string, event: string): readonly Delivery[] => [{ kind: 'invoke', functionArn, event }];

const isFunction = (arn: string) => /^arn:[\w-]+:lambda:/.test(arn);

/** The function that did not handle the event, which Lambda does not say: it follows from the subscription, else the sender. */
const lambdaDeliveries =
  ({ endpointOf, functionOfRole }: Lookups): Deliveries<LambdaLetter> =>
  async ({ subscriptionArn, roleId, event }) => {
    const endpoint = subscriptionArn === undefined ? undefined : await endpointOf(subscriptionArn);
    const functionArn = endpoint ?? (await functionOfRole(roleId));
    if (functionArn === undefined)
      throw new Error(`sender ${roleId || '(none)'} is the role of no function of the stack, so who failed is unknown`);
    return invoke(functionArn, event);
  };

const snsDeliveries =
  ({ endpointOf }: Lookups): Deliveries<SnsLetter> =>
  async ({ subscriptionArn, event }) => {
    if (subscriptionArn === undefined) throw new Error('the notification names no subscription in its UnsubscribeURL');
    const endpoint = await endpointOf(subscriptionArn);
    if (endpoint === undefined) throw new Error(`subscription ${subscriptionArn} does not exist any more`);
    if (!isFunction(endpoint)) throw new Error(`the endpoint of the subscription, ${endpoint}, is not a function`);
    return invoke(endpoint, event);
  };

/** `StepFunctionsAction` is the failure of the action `stepFunctions`. */
const actionOf = (rule: NonNullable<Awaited<ReturnType<Lookups['rule']>>>, failure: RuleError['failures'][number]) => {
  const { failedAction, failedResource } = failure;
  const name = failedAction.replace(/Action$/, '').toLowerCase();
  const ofThatKind = rule.actions.filter((action) => Object.keys(action).some((key) => key.toLowerCase() === name));
  if (ofThatKind.length === 1) return ofThatKind[0];
  return ofThatKind.find((action) => JSON.stringify(action).includes(JSON.stringify(failedResource)));
};

/**
 * The failed actions, with what the rule selects from the original message at its original time. Publishing the message
 * again would run every rule on it, give it a new time, and is impossible for topics of AWS:
 * https://docs.aws.amazon.com/iot/latest/developerguide/reserved-topics.html
 */
const ruleDeliveries =
  ({ rule: lookUp, ruleOutput, stateMachineArn }: Lookups): Deliveries<RuleError> =>
  async ({ ruleName, failures, ...original }, { messageId, sentAt }) => {
    const rule = await lookUp(ruleName);
    if (!rule) throw new Error(`rule ${ruleName} does not exist, or you may not read it`);
    const selected = await ruleOutput(rule.sql, { ...original, receivedAt: sentAt });
    if (!selected) throw new Error(`rule ${ruleName} does not select the message any more: its WHERE is not true`);
    if (Buffer.isBuffer(selected.output)) throw new Error(`rule ${ruleName} selects bytes, which no action here takes`);
    const output = JSON.stringify(selected.output);
    return failures.map((failure) => {
      const action = actionOf(rule, failure);
      const { functionArn } = action?.lambda ?? {};
      if (functionArn !== undefined) return { kind: 'invoke', functionArn, event: output };
      const { stateMachineName } = action?.stepFunctions ?? {};
      // The name makes a repeated run start nothing twice.
      if (stateMachineName !== undefined)
        return { kind: 'start', stateMachineArn: stateMachineArn(stateMachineName), name: messageId, input: output };
      throw new Error(`redrive runs actions of Lambda and Step Functions, not ${failure.failedAction} of ${ruleName}`);
    });
  };

/** Decides how messages are handed back; a plan is no call that changes anything. */
export const createPlanner = (stack: Stack, lookups: Lookups) => {
  const ofLambda = lambdaDeliveries(lookups);
  const ofSns = snsDeliveries(lookups);
  const ofRule = ruleDeliveries(lookups);

  const deliveriesOf = async (letter: DeadLetter, message: QueuedMessage): Promise<readonly Delivery[]> => {
    switch (letter.kind) {
      case 'lambda':
        return ofLambda(letter, message);
      case 'sns':
        return ofSns(letter, message);
      case 'eventbridge':
        if (!isFunction(letter.targetArn)) throw new Error(`the target ${letter.targetArn} is not a function`);
        return invoke(letter.targetArn, letter.event);
      case 'rule':
        return ofRule(letter, message);
      case 'unknown':
        throw new Error(letter.cause);
    }
  };

  return async (letter: DeadLetter, message: QueuedMessage): Promise<Plan> => {
    try {
      const deliveries = await deliveriesOf(letter, message);
      const arns = deliveries.map((one) => (one.kind === 'invoke' ? one.functionArn : one.stateMachineArn));
      return { deliveries, recipients: [...new Set(arns.map((arn) => logicalIdOf(stack, arn)))] };
    } catch (error) {
      // Whatever is wrong with one message keeps that message, and is printed.
      return { problem: errorText(error).replace(/^Error: /, '') };
    }
  };
};
