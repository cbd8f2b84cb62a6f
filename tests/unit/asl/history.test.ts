import { type Input, one, pass, task, waiting, world } from './asl-harness';

/** The history of an execution: types, with the name of states, and name and index of iterations. */
const historyOf = async ({ call }: ReturnType<typeof world>, executionArn: string) => {
  const { events } = (await call('GetExecutionHistory', { executionArn })) as {
    events: readonly (Input & { readonly type: string })[];
  };
  return events.map(({ type, ...details }) => {
    const [found] = Object.values(details).filter((value) => typeof value === 'object' && !(value instanceof Date));
    const { index, name } = (found ?? {}) as { index?: number; name?: string };
    return [type, name, index].filter((part) => part !== undefined).join(' ');
  });
};
const afterASecond = (state: Input) => ({
  StartAt: 'W',
  States: { W: { Type: 'Wait', Seconds: 1, Next: 'N' }, N: state },
});

describe('the history of Map and Parallel (api/API_HistoryEvent)', () => {
  test('a Map records each iteration', async () => {
    const states = world();
    const map = one({ Type: 'Map', ItemsPath: '$.list', MaxConcurrency: 1, ItemProcessor: pass({}) });
    expect(await historyOf(states, await states.start(map, { list: [1, 2] }))).toEqual([
      'ExecutionStarted',
      'MapStateEntered S',
      'MapStateStarted',
      'MapIterationStarted S 0',
      'PassStateEntered S',
      'PassStateExited S',
      'MapIterationSucceeded S 0',
      'MapIterationStarted S 1',
      'PassStateEntered S',
      'PassStateExited S',
      'MapIterationSucceeded S 1',
      'MapStateSucceeded',
      'MapStateExited S',
      'ExecutionSucceeded',
    ]);
  });

  test('a failed iteration aborts those that run, and those that wait for their turn never start', async () => {
    const states = world();
    const processor = {
      StartAt: 'C',
      States: {
        C: { Type: 'Choice', Choices: [{ Variable: '$', NumericEquals: 1, Next: 'F' }], Default: 'W' },
        F: { Type: 'Fail', Error: 'E' },
        W: { Type: 'Wait', Seconds: 60, End: true },
      },
    };
    const map = one({ Type: 'Map', ItemsPath: '$.list', MaxConcurrency: 2, ItemProcessor: processor });
    const events = await historyOf(states, await states.start(map, { list: [0, 1, 0, 0] }));
    expect(events.filter((event) => /^Map|^Execution/.test(event))).toEqual([
      'ExecutionStarted',
      'MapStateEntered S',
      'MapStateStarted',
      'MapIterationStarted S 0',
      'MapIterationStarted S 1',
      'MapIterationFailed S 1',
      'MapIterationAborted S 0',
      'MapStateFailed',
      'ExecutionFailed',
    ]);
  });

  test('a stopped execution records no more than that', async () => {
    const states = world();
    const map = one({ Type: 'Map', ItemsPath: '$.list', ItemProcessor: one({ Type: 'Wait', Seconds: 60 }) });
    const executionArn = await states.start(map, { list: [1] });
    await states.call('StopExecution', { executionArn });
    const events = await historyOf(states, executionArn);
    expect(events.slice(-2)).toEqual(['WaitStateEntered S', 'ExecutionAborted']);
  });

  test.each<[string, unknown]>([
    ['a Pass', afterASecond({ Type: 'Pass', End: true })],
    ['a Task', afterASecond(task({}).States.S)],
    ['a Task that waits for its token', waiting({})],
    ['a Wait', one({ Type: 'Wait', Seconds: 2 })],
    ['an expression', afterASecond({ Type: 'Pass', QueryLanguage: 'JSONata', Output: '{% $no %}', End: true })],
    [
      'a Map',
      afterASecond({
        Type: 'Map',
        ItemsPath: '$.list',
        ItemProcessor: one({ Type: 'Pass', QueryLanguage: 'JSONata', Output: '{% 1 %}' }),
        End: true,
      }),
    ],
  ])('after a Parallel has failed there is no event of its other branches: %s', async (_, sibling) => {
    const states = world();
    const P = {
      Type: 'Parallel',
      Branches: [afterASecond({ Type: 'Fail', Error: 'E' }), sibling],
      Catch: [{ ErrorEquals: ['E'], Next: 'Later' }],
      End: true,
    };
    const Later = { Type: 'Wait', Seconds: 60, End: true };
    const executionArn = await states.start({ StartAt: 'P', States: { P, Later } }, { list: [1, 2, 3] });
    await states.clock.advance(30_000);
    const events = await historyOf(states, executionArn);
    expect(events.slice(events.indexOf('ParallelStateFailed'))).toEqual([
      'ParallelStateFailed',
      'ParallelStateExited P',
      'WaitStateEntered Later',
    ]);
  });
});
