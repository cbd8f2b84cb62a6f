import { AwsError } from '../../../local/core/aws-error';
import { NoAnswerError } from '../../../local/core/disturbance';
import { errors, one, outputs, sentToken, task, waiting, world } from './asl-harness';

describe('Task', () => {
  outputs([
    ['Task result', task({}), { MessageId: 'm' }],
    ['Task ResultSelector', task({ ResultSelector: { 'id.$': '$.MessageId' } }), { id: 'm' }],
    [
      'Task on the AWS SDK: names in PascalCase, map keys as they are',
      one({ Type: 'Task', Resource: 'arn:aws:states:::aws-sdk:iot:searchIndex', Parameters: { QueryString: '*' } }),
      { Things: [{ ThingName: 'a', Attributes: { firmwareVersion: '1' } }] },
    ],
    [
      'Task lambda:invoke',
      one({ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Parameters: { FunctionName: 'f' } }),
      { StatusCode: 200, Payload: { answer: 42 } },
    ],
  ]);

  errors([
    [
      'an integration that is not emulated',
      one({ Type: 'Task', Resource: 'arn:aws:states:::glue:startJobRun' }),
      'States.Runtime',
    ],
    ['a parameter that does not exist', task({ Parameters: { Nonsense: 1 } }), 'States.Runtime'],
  ]);

  /** dg/supported-services-awssdk: "always append the Exception suffix", dg/bp-lambda-serviceexception: SdkClientException */
  test.each([
    ['aws-sdk:sqs:sendMessage', 'InternalServerError', 'Sqs.InternalServerErrorException'],
    ['aws-sdk:sqs:sendMessage', 'ThrottlingException', 'Sqs.ThrottlingException'],
    ['sqs:sendMessage', 'Throttled', 'SQS.Throttled'],
    ['sqs:sendMessage', 'no answer', 'SQS.SdkClientException'],
  ])('%s that ends with %s fails with the name that Step Functions gives it', async (resource, failure, error) => {
    const { start, result, failures } = world();
    failures.push(failure === 'no answer' ? new NoAnswerError(failure) : new AwsError(failure, ''));
    const execution = await start(task({ Resource: `arn:aws:states:::${resource}` }));
    expect(await result(execution)).toMatchObject({ status: 'FAILED', error });
  });

  test.each([
    ['TimeoutSeconds', { TimeoutSeconds: 5 }, 'States.Timeout'],
    ['TimeoutSecondsPath', { TimeoutSecondsPath: '$.n' }, 'States.Timeout'],
    ['HeartbeatSeconds', { HeartbeatSeconds: 5 }, 'States.HeartbeatTimeout'],
    ['HeartbeatSecondsPath', { HeartbeatSecondsPath: '$.n' }, 'States.HeartbeatTimeout'],
  ])('%s ends a task that nobody answers, and closes its token', async (_, fields, error) => {
    const { start, result, clock, calls, call } = world();
    const execution = await start(waiting(fields), { n: 5 });
    const token = sentToken(calls);
    await clock.advance(4_999);
    expect(await result(execution)).toMatchObject({ status: 'RUNNING' });
    await clock.advance(1);
    expect(await result(execution)).toMatchObject({ status: 'FAILED', error });
    await expect(call('SendTaskSuccess', { taskToken: token, output: '{}' })).rejects.toMatchObject({
      code: 'TaskTimedOut',
    });
  });

  test('SendTaskHeartbeat keeps a task alive, SendTaskSuccess ends it, a second answer is refused', async () => {
    const { start, result, clock, calls, call } = world();
    const execution = await start(waiting({ HeartbeatSeconds: 5 }));
    const taskToken = sentToken(calls);
    await clock.advance(4_000);
    await call('SendTaskHeartbeat', { taskToken });
    await clock.advance(4_000);
    await call('SendTaskSuccess', { taskToken, output: '{"ok":1}' });
    expect(await result(execution)).toEqual({ output: { ok: 1 } });
    await expect(call('SendTaskFailure', { taskToken })).rejects.toMatchObject({ code: 'TaskTimedOut' });
    await expect(call('SendTaskSuccess', { taskToken: 'x', output: '{}' })).rejects.toMatchObject({
      code: 'InvalidToken',
    });
  });
});
