import { ACCOUNT_PRINCIPAL, type AwsApi } from '../../../local/core/api';
import { AwsError } from '../../../local/core/aws-error';
import { drivenClock } from '../../../local/core/clock';
import { createStatesService } from '../../../local/services/states/states-service';

export type Input = Readonly<Record<string, unknown>>;

/** The interpreter with a driven clock; `sqs:SendMessage` answers {MessageId} or fails as the test wants. */
export const world = () => {
  const clock = drivenClock(Date.UTC(2026, 0, 1));
  const calls: { name: string; input: Input }[] = [];
  const failures: (string | Error)[] = [];
  /** Answers of `sqs:SendMessage` instead of the usual one. */
  const replies: Input[] = [];
  const api: AwsApi = {
    call: async (service, operation, input) => {
      calls.push({ name: `${service}:${operation}`, input });
      const failure = failures.shift();
      if (failure instanceof Error) throw failure;
      if (failure !== undefined && failure !== '') throw new AwsError(failure, `${failure} happened`);
      if (operation === 'SearchIndex') return { things: [{ thingName: 'a', attributes: { firmwareVersion: '1' } }] };
      if (operation === 'Invoke') return { StatusCode: 200, Payload: Buffer.from('{"answer":42}') };
      return replies.shift() ?? { MessageId: 'm' };
    },
  };
  const states = createStatesService({
    clock,
    api,
    environment: { accountId: '0', region: 'r' },
    report: () => undefined,
  });
  const call = async (operation: string, input: Input): Promise<Record<string, unknown>> => {
    const result: unknown = await states.operations[operation]?.(input as never, {
      principal: ACCOUNT_PRINCIPAL,
      requestId: 'r',
    });
    await clock.advance(0);
    return result as Record<string, unknown>;
  };
  const start = async (definition: unknown, input: unknown = {}) => {
    const { stateMachineArn } = states.createStateMachine({ name: 'm', definition, roleArn: 'arn:role' });
    const { executionArn } = await call('StartExecution', { stateMachineArn, input: JSON.stringify(input), name: 'e' });
    return String(executionArn);
  };
  const result = async (executionArn: string) => {
    const { status, output, error, cause } = await call('DescribeExecution', { executionArn });
    return status === 'SUCCEEDED' ? { output: JSON.parse(String(output)) as unknown } : { status, error, cause };
  };
  return { clock, calls, failures, replies, call, start, result };
};

export const one = (state: Input) => ({ StartAt: 'S', States: { S: { End: true, ...state } } });
export const pass = (fields: Input) => one({ Type: 'Pass', ...fields });
export const task = (fields: Input) =>
  one({
    Type: 'Task',
    Resource: 'arn:aws:states:::sqs:sendMessage',
    Parameters: { QueueUrl: 'q', MessageBody: 'b' },
    ...fields,
  });
export const waiting = (fields: Input) =>
  task({
    Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
    Parameters: { QueueUrl: 'q', MessageBody: { 'token.$': '$$.Task.Token' } },
    ...fields,
  });
export const choice = (rule: Input) => ({
  StartAt: 'C',
  States: {
    C: { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' },
    Yes: { Type: 'Pass', Result: true, End: true },
    No: { Type: 'Pass', Result: false, End: true },
  },
});
export const intrinsic = (call: string) => pass({ Parameters: { 'x.$': call } });

/** The input of most executions here. */
export const DATA = { a: { b: 1 }, list: [1, 2, 3], text: 'x', flag: true, nil: null, when: '2026-01-01T00:00:00Z' };

/**
 * Where a row has its expectation from: `dg/…` is a page of the AWS Step Functions developer guide
 * (https://docs.aws.amazon.com/step-functions/latest/dg/…), `api/…` one of the API reference (…/latest/apireference/…),
 * `spec#…` a clause of the Amazon States Language specification (https://states-language.net/#…).
 */
export type Source = `dg/${string}` | `api/${string}` | `spec#${string}`;
export type OutputCase = readonly [what: string, definition: unknown, output: unknown, source?: Source];
export type ErrorCase = readonly [what: string, definition: unknown, error: string, source?: Source];

const titled = <T>([what, definition, expected, source]: readonly [string, unknown, T, Source?]) =>
  [source === undefined ? what : `${what} (${source})`, definition, expected] as const;

/** One test per case: the definition makes this output of DATA. */
export const outputs = (cases: readonly OutputCase[]) =>
  test.each(cases.map(titled))('%s', async (_, definition, output) => {
    const { start, result } = world();
    expect(await result(await start(definition, DATA))).toEqual({ output });
  });

/** One test per case: the definition fails on DATA with this error. */
export const errors = (cases: readonly ErrorCase[]) =>
  test.each(cases.map(titled))('fails with its error: %s', async (_, definition, error) => {
    const { start, result } = world();
    expect(await result(await start(definition, DATA))).toMatchObject({ status: 'FAILED', error });
  });

/** The token that a `waiting` task sent. */
export const sentToken = (calls: readonly { input: Input }[]): string => {
  const { token } = JSON.parse(String(calls[0]?.input['MessageBody'])) as { token: string };
  return token;
};
