import { createBacklog } from '../../../local/core/backlog';
import { createApi } from '../../../local/core/create-api';
import { countedApi } from '../../../local/start/counted-api';

describe('a call of a service', () => {
  const started = () => {
    const backlog = createBacklog(1);
    let answer: (outcome: Promise<string>) => void = () => undefined;
    const api = countedApi(createApi({ authorizer: { authorize: () => undefined } }), backlog);
    api.register({
      service: 'sns',
      operations: { Publish: () => new Promise((resolve) => (answer = resolve)) },
      resourcesOf: () => ['*'],
    });
    const events: string[] = [];
    return {
      events,
      answer: (outcome: Promise<string>) => answer(outcome),
      callAs: (kind: 'role' | 'account') =>
        api
          .call('sns', 'Publish', {}, kind === 'role' ? { kind, roleArn: 'arn' } : { kind })
          .then(String, () => 'failure')
          .then((text) => events.push(text)),
      wait: () => backlog.whenShort(() => events.push('next')),
    };
  };

  test.each([
    ['an answer', () => Promise.resolve('answer'), 'answer'],
    ['a failure', () => Promise.reject(new Error()), 'failure'],
  ])('by a role is work until there is %s', async (_what, outcome, event) => {
    const { events, answer, callAs, wait } = started();
    const call = callAs('role');
    wait();
    expect(events).toEqual([]);
    answer(outcome());
    await call;
    expect(events).toEqual(['next', event]);
  });

  test('by the account is not', async () => {
    const { events, answer, callAs, wait } = started();
    const call = callAs('account');
    wait();
    expect(events).toEqual(['next']);
    answer(Promise.resolve('answer'));
    await call;
  });
});
