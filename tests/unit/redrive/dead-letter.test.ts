import { deadLetterOf } from '../../../operate/dead-letter';
import * as letters from './letters';

describe('a message of the queues', () => {
  test('of Lambda has its error, its request and who sent it', () => {
    const letter = letters.lambdaLetter();
    expect(deadLetterOf(letter)).toEqual({
      kind: 'lambda',
      cause: '1 of 1 records failed: ThrottlingException: Rate exceeded',
      subject: 'START_UPGRADE sim-1 job.1',
      event: letter.body,
      requestId: '045aed0d-5e0a-4e8d-96dc-2a992a1cf962',
      roleId: 'AROAS74TML24X5WYYCV5Y',
      subscriptionArn: letters.SUBSCRIPTION,
    });
  });

  test('of Lambda without an error message has the error code', () => {
    const letter = letters.lambdaLetter();
    const { ErrorMessage: _, ...attributes } = letter.attributes;
    expect(deadLetterOf({ ...letter, attributes }).cause).toBe('no message, error code 200');
  });

  test('of Lambda about an MQTT message says thing and topic', () => {
    const letter = letters.lambdaLetter({
      thingName: 'sim-1',
      topic: 'controllers/c/agents/sim-1/response',
      record: {},
    });
    expect(deadLetterOf(letter).subject).toBe('sim-1 controllers/c/agents/sim-1/response');
  });

  test('of SNS names the subscription, and is the event that the function would have got', () => {
    const letter = deadLetterOf(letters.snsLetter());
    expect(letter).toMatchObject({
      ...{ kind: 'sns', subject: 'START_UPGRADE sim-1 job.1', subscriptionArn: letters.SUBSCRIPTION },
      cause: expect.stringContaining('SNS could not invoke the function'),
    });
    const { SigningCertURL, UnsubscribeURL, ...same } = letters.notification;
    // https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html spells the two URLs so.
    const Sns = { ...same, Subject: null, SigningCertUrl: SigningCertURL, UnsubscribeUrl: UnsubscribeURL };
    expect(JSON.parse('event' in letter ? letter.event : '')).toEqual({
      Records: [
        {
          ...{ EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: letters.SUBSCRIPTION },
          Sns: { ...Sns, MessageAttributes: {} },
        },
      ],
    });
  });

  test('of SNS keeps subject and attributes of the notification', () => {
    const MessageAttributes = { kind: { Type: 'String', Value: 'a' } };
    const letter = deadLetterOf(letters.snsLetter({ Subject: 'news', MessageAttributes }));
    expect(JSON.parse('event' in letter ? letter.event : '').Records[0].Sns).toMatchObject({
      Subject: 'news',
      MessageAttributes,
    });
  });

  test('of EventBridge has its target and its error', () => {
    const letter = letters.eventBridgeLetter();
    expect(deadLetterOf(letter)).toEqual({
      kind: 'eventbridge',
      cause: 'NO_PERMISSIONS: The target did not allow the invocation',
      subject:
        'Step Functions Execution Status Change arn:aws:states:us-east-1:123456789012:execution:wme-FirmwareUpgrade:e1',
      event: letter.body,
      targetArn: letters.FUNCTION,
    });
  });

  test('of an IoT rule has the original message and every failure', () => {
    expect(deadLetterOf(letters.ruleError())).toEqual({
      kind: 'rule',
      cause: 'LambdaAction: Failed to invoke lambda function. Received Server error from Lambda. The error code is 403',
      subject: 'testme/action',
      ruleName: 'TestAction',
      topic: 'testme/action',
      clientId: 'iotconsole-1511213971966-0',
      // As on AWS's page, with its typing error.
      payload: Buffer.from('{\n  "message": "Hello vrom AWS IoT console"\n}'),
      failures: [expect.objectContaining({ failedAction: 'LambdaAction', failedResource: letters.FUNCTION })],
    });
  });

  test('of an IoT rule about a message of AWS itself has no client id', () => {
    expect(deadLetterOf(letters.ruleError({ clientId: 'n/a' }))).not.toHaveProperty('clientId');
  });

  test.each([
    ['no JSON', 'bad\n  bytes', 'its body is not JSON', 'bad bytes'],
    ['JSON of another form', '{"name":"x"}', 'neither Lambda, SNS, EventBridge nor an IoT rule', 'x'],
    ['a rule error without failures', letters.ruleError({ failures: [] }).body, 'neither', 'testme/action'],
    ['a rule error without base64', letters.ruleError({ base64OriginalPayload: '#' }).body, 'neither', 'testme/action'],
  ])('that is %s is unknown, and says why', (_, body, cause, subject) => {
    expect(deadLetterOf(letters.queued({ body }))).toEqual({
      ...{ kind: 'unknown', subject },
      cause: expect.stringContaining(cause),
    });
  });
});
