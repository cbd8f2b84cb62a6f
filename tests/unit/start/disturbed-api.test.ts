import { AwsError } from '../../../local/core/aws-error';
import { drivenClock } from '../../../local/core/clock';
import { createApi } from '../../../local/core/create-api';
import { type CallFault, createDeliveries, UNDISTURBED } from '../../../local/core/disturbance';
import { createRunningInvocations } from '../../../local/services/lambda/running-invocations';
import { disturbedApi } from '../../../local/start/disturbed-api';

const ROLE = { kind: 'role', roleArn: 'arn:role' } as const;
const CALLER = { ...ROLE, traceId: 't-1' };

const world = (fault?: CallFault) => {
  const done: unknown[] = [];
  const api = createApi({ authorizer: { authorize: () => undefined } });
  const Publish = (input: { readonly n?: number }) => {
    done.push(input.n);
    return { MessageId: 'm' };
  };
  api.register({ service: 'sns', operations: { Publish }, resourcesOf: () => ['*'] });
  const running = createRunningInvocations();
  const endings: string[] = [];
  running.begin('t-1', { functionName: 'f', event: '{}' }, (ending) => {
    endings.push(ending);
    running.end('t-1');
  });
  const seen: unknown[] = [];
  const disturbance = { ...UNDISTURBED, call: (call: unknown) => (seen.push(call), fault) };
  return { api: disturbedApi(api, disturbance, running), done, endings, running, seen };
};

describe('the services as roles find them', () => {
  test('do what they are asked for when nothing goes wrong', async () => {
    const { api, done, seen } = world();
    expect(await api.call('sns', 'Publish', { n: 1 }, CALLER)).toEqual({ MessageId: 'm' });
    expect(done).toEqual([1]);
    expect(seen).toEqual([
      {
        service: 'sns',
        operation: 'Publish',
        input: { n: 1 },
        roleArn: 'arn:role',
        invocation: expect.objectContaining({ functionName: 'f', event: '{}' }),
      },
    ]);
  });

  test.each([true, false])('refuse with an error of theirs; taking effect: %s', async (takesEffect) => {
    const { api, done } = world({ takesEffect, answer: new AwsError('Throttled', 'Rate exceeded', 429) });
    await expect(api.call('sns', 'Publish', { n: 1 }, ROLE)).rejects.toMatchObject({ code: 'Throttled' });
    expect(done).toEqual(takesEffect ? [1] : []);
  });

  test.each([true, false])('do not answer; taking effect: %s', async (takesEffect) => {
    const { api, done } = world({ takesEffect, answer: 'none' });
    await expect(api.call('sns', 'Publish', { n: 1 }, ROLE)).rejects.toMatchObject({ name: 'NoAnswerError' });
    expect(done).toEqual(takesEffect ? [1] : []);
  });

  test.each(['exit', 'timeout'] as const)(
    'end the function that calls (%s), and do nothing for it any more',
    async (answer) => {
      const { api, done, endings } = world({ takesEffect: true, answer });
      await expect(api.call('sns', 'Publish', { n: 1 }, CALLER)).rejects.toMatchObject({ name: 'NoAnswerError' });
      expect(endings).toEqual([answer]);
      await expect(api.call('sns', 'Publish', { n: 2 }, CALLER)).rejects.toMatchObject({ name: 'NoAnswerError' });
      expect(done).toEqual([1]);
    },
  );

  test('do nothing for an invocation that is over, disturbed or not', async () => {
    const { api, done, running } = world();
    running.end('t-1');
    await expect(api.call('sns', 'Publish', { n: 1 }, CALLER)).rejects.toMatchObject({ name: 'NoAnswerError' });
    expect(done).toEqual([]);
  });

  test('always work for the account', async () => {
    const { api, done } = world({ takesEffect: false, answer: 'none' });
    await api.call('sns', 'Publish', { n: 1 }, { kind: 'account' });
    expect(done).toEqual([1]);
  });
});

describe('deliveries', () => {
  const EVENT = { kind: 'event', functionName: 'f', event: '{}' } as const;

  test('are made at once, in the same turn, on a well platform', async () => {
    let delivered = 0;
    const deliveries = createDeliveries(UNDISTURBED, drivenClock());
    deliveries.deliver(EVENT, () => (delivered += 1));
    expect(delivered).toBe(1);
    await deliveries.settled();
  });

  test('are made as often and as late as the disturbance says, and are settled then', async () => {
    const clock = drivenClock();
    const begin = clock.now();
    const at: number[] = [];
    let settled = false;
    const deliveries = createDeliveries({ ...UNDISTURBED, deliver: () => [0, 500, 200] }, clock);
    deliveries.deliver(EVENT, () => at.push(clock.now() - begin));
    void deliveries.settled().then(() => (settled = true));
    await clock.advance(499);
    expect([at, deliveries.underWay(), settled]).toEqual([[0, 200], 1, false]);
    await clock.advance(1);
    expect([at, deliveries.underWay(), settled]).toEqual([[0, 200, 500], 0, true]);
  });
});
