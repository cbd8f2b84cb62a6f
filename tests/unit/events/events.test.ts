import { drivenClock } from '../../../local/core/clock';
import { createEventsService } from '../../../local/services/events/events-service';
import { checkPattern, matchesPattern } from '../../../local/services/events/event-pattern';

const environment = { accountId: '000000000000', region: 'us-east-1' };

const world = () => {
  const clock = drivenClock();
  const invoked: unknown[] = [];
  const letters: unknown[] = [];
  const invokeLambda = (functionArn: string, event: unknown) => {
    if (functionArn === 'arn:gone') throw new Error('Function not found: arn:gone');
    invoked.push({ functionArn, event });
  };
  const sendToQueue = (queueArn: string, body: string, attributes: object) =>
    void letters.push({ queueArn, event: JSON.parse(body) as unknown, attributes });
  const events = createEventsService({ clock, environment, invokeLambda, sendToQueue, report: () => undefined });
  return { clock, invoked, letters, events };
};

describe('an event pattern', () => {
  test.each<readonly [boolean, object]>([
    [true, { source: ['aws.states'] }],
    [true, { source: ['aws.iot', 'aws.states'], detail: { status: ['FAILED'] } }],
    [true, { detail: { name: [{ prefix: 'up' }] } }],
    [true, { resources: ['arn:b'] }],
    [false, { detail: { status: ['SUCCEEDED'] } }],
    [false, { detail: { missing: ['x'] } }],
    [false, { detail: { name: [{ prefix: 'down' }] } }],
  ])('is %s for %j', (expected, pattern) => {
    const event = { source: 'aws.states', resources: ['arn:a', 'arn:b'], detail: { status: 'FAILED', name: 'up-1' } };
    expect(matchesPattern(pattern, event)).toBe(expected);
  });

  test('that cannot be matched here is refused by field', () => {
    expect(() => checkPattern({ detail: { error: [{ 'anything-but': ['x'] }] } })).toThrow('EventPattern.detail.error');
    expect(() => checkPattern({ source: 'aws.states' })).toThrow('EventPattern.source must be an object');
  });
});

describe('EventBridge', () => {
  test('hands an event to the functions whose pattern it matches, in its envelope', () => {
    const { events, invoked } = world();
    events.createRule({ name: 'r', pattern: { detail: { status: ['FAILED'] } }, targets: [{ functionArn: 'arn:f' }] });
    const event = { source: 'aws.states', detailType: 'Change', resources: ['arn:e'] };
    events.publish({ ...event, detail: { status: 'SUCCEEDED' } });
    events.publish({ ...event, detail: { status: 'FAILED' } });
    expect(invoked).toEqual([
      {
        functionArn: 'arn:f',
        event: expect.objectContaining({
          source: 'aws.states',
          'detail-type': 'Change',
          resources: ['arn:e'],
          account: '000000000000',
          detail: { status: 'FAILED' },
        }),
      },
    ]);
  });

  /** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
  test('sends what a function cannot get to the dead-letter queue of the target, and serves the other targets', () => {
    const { events, invoked, letters } = world();
    const gone = { functionArn: 'arn:gone', deadLetterQueueArn: 'arn:queue' };
    events.createRule({ name: 'r', pattern: { source: ['s'] }, targets: [gone, { functionArn: 'arn:f' }] });
    events.publish({ source: 's', detailType: 'Change', resources: [], detail: { n: 1 } });
    const text = (StringValue: string) => ({ DataType: 'String', StringValue });
    expect(letters).toEqual([
      {
        queueArn: 'arn:queue',
        event: expect.objectContaining({ source: 's', detail: { n: 1 } }),
        attributes: {
          RULE_ARN: text('arn:aws:events:us-east-1:000000000000:rule/r'),
          TARGET_ARN: text('arn:gone'),
          ERROR_CODE: text('NO_RESOURCE'),
          ERROR_MESSAGE: text('Function not found: arn:gone'),
          RETRY_ATTEMPTS: text('0'),
        },
      },
    ]);
    expect(invoked).toHaveLength(1);
  });

  test('runs schedules, until it is closed', async () => {
    const { clock, events, invoked } = world();
    events.createRule({ name: 'r', schedule: 'rate(5 minutes)', targets: [{ functionArn: 'arn:f' }] });
    await clock.advance(11 * 60_000);
    expect(invoked).toHaveLength(2);
    events.close();
    await clock.advance(60 * 60_000);
    expect(invoked).toHaveLength(2);
  });

  test('refuses a schedule that it does not know', () => {
    const { events } = world();
    expect(() => events.createRule({ name: 'r', schedule: 'cron(0 12 * * ? *)', targets: [] })).toThrow('rate(n');
  });
});
