import { deadLetterOf } from '../../../operate/dead-letter';
import type { Lookups } from '../../../cli/redrive/lookups';
import { createPlanner } from '../../../cli/redrive/plan';
import type { QueuedMessage } from '../../../operate/queue';
import * as letters from './letters';

const { FUNCTION } = letters;
const OTHER = 'arn:aws:lambda:us-east-1:123456789012:function:other';
const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:wme-FirmwareUpgrade';

const stack = {
  name: 'wme',
  arn: 'arn:aws:cloudformation:us-east-1:123456789012:stack/wme/id',
  outputs: {},
  resources: [
    { logicalId: 'StopWorkflowFunction', physicalId: 'wme-StopWorkflowFunction-x', type: 'AWS::Lambda::Function' },
    { logicalId: 'FirmwareUpgradeStateMachine', physicalId: MACHINE, type: 'AWS::StepFunctions::StateMachine' },
  ],
};

const lookups: Lookups = {
  endpointOf: async () => FUNCTION,
  functionOfRole: async () => undefined,
  rule: async () => ({ sql: 'SELECT …', actions: [{ lambda: { functionArn: FUNCTION } }] }),
  ruleOutput: async (_sql, { receivedAt, ...rest }) => ({ output: { receivedAt, topic: rest.topic } }),
  stateMachineArn: () => MACHINE,
};

const plan = (message: QueuedMessage, changed: Partial<Lookups> = {}) =>
  createPlanner(stack, { ...lookups, ...changed })(deadLetterOf(message), message);
const toFunction = (functionArn: string, event: unknown) => ({
  recipients: [functionArn === FUNCTION ? 'StopWorkflowFunction' : 'other'],
  deliveries: [{ kind: 'invoke', functionArn, event }],
});

describe('a dead letter of Lambda', () => {
  const message = letters.lambdaLetter();

  test('goes to the function that its subscription invokes', async () => {
    expect(await plan(message)).toEqual(toFunction(FUNCTION, message.body));
  });

  test('that SNS did not cause goes to the function whose role sent it', async () => {
    const ofRule = letters.lambdaLetter({ thingName: 'sim-1' });
    const functionOfRole = async (roleId: string) => (roleId === 'AROAS74TML24X5WYYCV5Y' ? OTHER : undefined);
    expect(await plan(ofRule, { functionOfRole })).toEqual(toFunction(OTHER, ofRule.body));
  });

  test('whose subscription is gone goes to the function whose role sent it', async () => {
    const changed = { endpointOf: async () => undefined, functionOfRole: async () => OTHER };
    expect(await plan(message, changed)).toEqual(toFunction(OTHER, message.body));
  });

  test('of an unknown role stays', async () => {
    expect(await plan(message, { endpointOf: async () => undefined })).toEqual({
      problem: 'sender AROAS74TML24X5WYYCV5Y is the role of no function of the stack, so who failed is unknown',
    });
  });
});

describe('a dead letter of SNS', () => {
  test('goes to the function of its subscription', async () => {
    expect(await plan(letters.snsLetter())).toEqual(toFunction(FUNCTION, expect.stringContaining('"Records":[')));
  });

  test.each<readonly [string, QueuedMessage, Partial<Lookups>, string]>([
    ['names none', letters.snsLetter({ UnsubscribeURL: 'EXAMPLE' }), {}, 'names no subscription'],
    ['is gone', letters.snsLetter(), { endpointOf: async () => undefined }, 'does not exist any more'],
    ['is a queue', letters.snsLetter(), { endpointOf: async () => 'arn:aws:sqs:r:1:q' }, 'q, is not a function'],
  ])('whose subscription %s stays', async (_, message, changed, problem) => {
    expect(await plan(message, changed)).toEqual({ problem: expect.stringContaining(problem) });
  });
});

describe('a dead letter of EventBridge', () => {
  test('goes to its target', async () => {
    const message = letters.eventBridgeLetter();
    expect(await plan(message)).toEqual(toFunction(FUNCTION, message.body));
  });

  test('whose target is no function stays', async () => {
    const problem = 'the target arn:aws:sqs:r:1:q is not a function';
    expect(await plan(letters.eventBridgeLetter('arn:aws:sqs:r:1:q'))).toEqual({ problem });
  });
});

describe('a rule error', () => {
  const output = JSON.stringify({ receivedAt: letters.SENT_AT, topic: 'testme/action' });
  const stepFunctions = { stateMachineName: 'wme-FirmwareUpgrade', roleArn: 'arn:role' };
  const failure = (failedAction: string, failedResource = '') => ({ failedAction, failedResource, errorMessage: 'no' });

  test('goes to the failed action, with what the rule selects as of the time of the message', async () => {
    expect(await plan(letters.ruleError())).toEqual(toFunction(FUNCTION, output));
  });

  test('goes to the state machine, in an execution that a second run does not start again', async () => {
    const message = letters.ruleError({ failures: [failure('StepFunctionsAction')] });
    expect(await plan(message, { rule: async () => ({ sql: '', actions: [{ stepFunctions }] }) })).toEqual({
      recipients: ['FirmwareUpgradeStateMachine'],
      deliveries: [{ kind: 'start', stateMachineArn: MACHINE, name: message.messageId, input: output }],
    });
  });

  test('goes to those of several actions that failed', async () => {
    const actions = [{ lambda: { functionArn: OTHER } }, { lambda: { functionArn: FUNCTION } }, { stepFunctions }];
    const message = letters.ruleError({
      failures: [failure('LambdaAction', FUNCTION), failure('StepFunctionsAction')],
    });
    expect(await plan(message, { rule: async () => ({ sql: '', actions }) })).toMatchObject({
      recipients: ['StopWorkflowFunction', 'FirmwareUpgradeStateMachine'],
    });
  });

  test.each<readonly [string, QueuedMessage, Partial<Lookups>, string]>([
    ['whose rule is gone', letters.ruleError(), { rule: async () => undefined }, 'rule TestAction does not exist'],
    ['that WHERE excludes now', letters.ruleError(), { ruleOutput: async () => undefined }, 'WHERE is not true'],
    ['of bytes', letters.ruleError(), { ruleOutput: async () => ({ output: Buffer.of(0) }) }, 'selects bytes'],
    ['of another action', letters.ruleError({ failures: [failure('S3Action')] }), {}, 'not S3Action of TestAction'],
    [
      'that cannot be decoded',
      letters.ruleError(),
      { ruleOutput: () => Promise.reject(new Error('cannot decode Msg')) },
      'cannot decode Msg',
    ],
  ])('%s stays', async (_, message, changed, problem) => {
    expect(await plan(message, changed)).toEqual({ problem: expect.stringContaining(problem) });
  });
});

test('a message of no known form stays', async () => {
  expect(await plan(letters.queued({ body: 'poison' }))).toEqual({ problem: 'its body is not JSON' });
});
