import { one, world } from './asl-harness';
import { jsonata, task } from './jsonata-harness';

describe('JSONata: the context object', () => {
  test('Execution, StateMachine and State', async () => {
    const { start, result, clock } = world();
    await clock.advance(1_500);
    const context = '$states.context';
    const fields = ['Execution.Id', 'Execution.Name', 'Execution.Input', 'Execution.StartTime', 'State.Name'];
    const all = [...fields, 'State.EnteredTime', 'StateMachine.Name'];
    const Output = Object.fromEntries(all.map((field) => [field, `{% ${context}.${field} %}`]));
    const wait = { Type: 'Wait', Seconds: 2, Next: 'S' };
    const execution = await start(
      jsonata({ StartAt: 'W', States: { W: wait, S: { Type: 'Pass', Output, End: true } } }),
      { a: 1 },
    );
    await clock.advance(2_000);
    expect(await result(execution)).toEqual({
      output: {
        'Execution.Id': execution,
        'Execution.Name': 'e',
        'Execution.Input': { a: 1 },
        'Execution.StartTime': '2026-01-01T00:00:01.500Z',
        'State.Name': 'S',
        'State.EnteredTime': '2026-01-01T00:00:03.500Z',
        'StateMachine.Name': 'm',
      },
    });
  });

  test('Task.Token in Arguments, the answer in $states.result', async () => {
    const { start, result, calls, call } = world();
    const execution = await start(
      jsonata(
        one(
          task({
            Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
            Arguments: { QueueUrl: 'q', MessageBody: { token: '{% $states.context.Task.Token %}' } },
            Output: '{% $states.result.ok %}',
          }),
        ),
      ),
    );
    const { token } = JSON.parse(String(calls[0]?.input['MessageBody'])) as { token: string };
    await call('SendTaskSuccess', { taskToken: token, output: '{"ok":1}' });
    expect(await result(execution)).toEqual({ output: 1 });
  });
});
