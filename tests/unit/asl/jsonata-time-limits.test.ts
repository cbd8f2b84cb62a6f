import { errors, one, world } from './asl-harness';
import { FAILURE, jsonata, task } from './jsonata-harness';

describe('JSONata: time limits', () => {
  test.each([
    ['a literal', 5],
    ['an expression', '{% $states.input.n %}'],
  ])('TimeoutSeconds as %s', async (_, TimeoutSeconds) => {
    const { start, result, clock } = world();
    const Resource = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';
    const execution = await start(jsonata(one(task({ Resource, TimeoutSeconds }))), { n: 5 });
    await clock.advance(4_999);
    expect(await result(execution)).toMatchObject({ status: 'RUNNING' });
    await clock.advance(1);
    expect(await result(execution)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });

  test('HeartbeatSeconds as an expression', async () => {
    const { start, result, clock } = world();
    const Resource = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';
    const execution = await start(jsonata(one(task({ Resource, HeartbeatSeconds: '{% 5 %}' }))));
    await clock.advance(5_000);
    expect(await result(execution)).toMatchObject({ status: 'FAILED', error: 'States.HeartbeatTimeout' });
  });

  errors(
    ["{% '5' %}", '{% 0 %}', '{% -1 %}', '{% 1.5 %}', '{% 100000000 %}', '{% null %}', '{% $states.input.none %}'].map(
      (TimeoutSeconds) =>
        [`TimeoutSeconds ${TimeoutSeconds}`, jsonata(one(task({ TimeoutSeconds }))), FAILURE] as const,
    ),
  );

  test('the cause of a wrong limit names the field and the value', async () => {
    const { start, result } = world();
    const { cause } = (await result(await start(jsonata(one(task({ TimeoutSeconds: "{% '5' %}" })))))) as {
      cause: string;
    };
    expect(cause).toContain(
      "The JSONata expression ''5'' specified for the field 'TimeoutSeconds' returned an unexpected result type. " +
        "Expected 'number', but was 'string' for value: \"5\"",
    );
  });

  test.each([
    ['Seconds', { Seconds: '{% $states.input.n %}' }],
    ['Timestamp', { Timestamp: '{% $states.input.t %}' }],
    ['Timestamp made of the time', { Timestamp: '{% $fromMillis($millis() + 10000) %}' }],
  ])('Wait %s', async (_, fields) => {
    const { start, result, clock } = world();
    const input = { n: 10, t: '2026-01-01T00:00:10Z' };
    const execution = await start(jsonata(one({ Type: 'Wait', ...fields, Output: '{% $states.input.n %}' })), input);
    await clock.advance(9_999);
    expect(await result(execution)).toMatchObject({ status: 'RUNNING' });
    await clock.advance(1);
    expect(await result(execution)).toEqual({ output: 10 });
  });

  errors([
    ['Wait Seconds that are no number', jsonata(one({ Type: 'Wait', Seconds: "{% '10' %}" })), FAILURE],
    ['Wait Timestamp that is none', jsonata(one({ Type: 'Wait', Timestamp: "{% 'soon' %}" })), FAILURE],
  ]);
});
