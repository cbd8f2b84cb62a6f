import { iotActiveAttempt } from '../../functions/jobs/job-execution-ended/active-attempt';
import { jobExecutionEnded } from '../../functions/jobs/job-execution-ended/job-execution-ended';
import { operationIdOf } from '../../functions/jobs/operation-id';
import type { MessageOf } from '../../functions/shared/messages';
import { publishTo } from '../../functions/shared/sns-out';
import { dynamoMarkEnded } from '../../functions/workflow/stop/claims';
import { sfnStopExecution, type StopDeps, stopWorkflow } from '../../functions/workflow/stop/stop';
import { JOB, notification, THING, workflowWorld } from '../support/workflow';
import type { Gate } from './actor';
import { type AwsWorld, createLambda, emptyWorld, performAws } from './aws-world';
import { type Effect, explore, type Model, replay, storyOf } from './explorer';
import { gatedClients, gatedDocumentClient } from './gated-clients';
import { silentLog } from './silent-log';

type Ending = 'canceled' | 'deleted' | 'removed' | 'timed_out';

/** What IoT Jobs does, one after the other. A job execution times out only when it is in progress. */
type JobStep =
  | { readonly does: 'queue'; readonly attempt: number; readonly notifications: number }
  | { readonly does: Ending; readonly attempt: number; readonly events: number }
  | { readonly does: 'wait'; readonly ms: number };

type Status = 'STARTED' | 'OWNER' | 'QUIET' | 'ABORTED';

interface World extends AwsWorld {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The attempt that is queued or in progress; 0 for none. */
  readonly active: number;
  /** Attempts that have ended without the workflow's doing. */
  readonly ended: readonly number[];
  /** Executions: the name begins with the attempt. */
  readonly executions: Readonly<Record<string, Status>>;
}

const START = notification().execution.queuedAt * 1000;

let claimRequest = '';
const ARN = 'arn:of-the-execution';

/** The request of the state ClaimExecution, as the state machine makes it for the first attempt. */
beforeAll(async () => {
  const requests: unknown[] = [];
  const { start } = workflowWorld({ updateItem: (input) => void requests.push(input) });
  const executionArn = await start();
  claimRequest = JSON.stringify(requests[0]).replaceAll(executionArn, ARN);
});

interface Execution {
  readonly arn: string;
  readonly attempt: number;
  readonly queuedAt: number;
}

/** The workflow as far as its claim goes. */
const execute = async (gate: Gate, { arn, attempt, queuedAt }: Execution): Promise<void> => {
  const enteredAt = Number(await gate('clock:now', {}));
  const request: unknown = JSON.parse(
    claimRequest
      .replaceAll(ARN, arn)
      .replaceAll(`${JOB}.1`, operationIdOf({ jobId: JOB, executionNumber: attempt }))
      .replaceAll(`"${START / 1000}"`, `"${queuedAt}"`)
      .replaceAll(new Date(START).toISOString(), new Date(enteredAt).toISOString()),
  );
  const claimed = await gate('dynamodb:UpdateItem', request).then(
    () => true,
    () => false,
  );
  await gate('execution:is', { arn, status: claimed ? 'OWNER' : 'QUIET' });
};

/** IoT Jobs takes time for what it does. */
const STEP_MS = 10;

interface Variant {
  readonly markEndedOf?: (gate: Gate) => StopDeps['markEnded'];
  readonly deaths?: number;
}

/** IoT Jobs, the executions that it starts, and the functions that stop them. */
const modelOf = (
  steps: readonly JobStep[],
  { markEndedOf = (gate) => dynamoMarkEnded(gatedDocumentClient(gate), 'executions'), deaths = 1 }: Variant = {},
): Model<World> => {
  const lambda = createLambda({
    jobs: async (gate) => {
      for (const step of steps) await gate('jobs:step', step);
    },
    execution: (gate, event) => execute(gate, event as Execution),
    JobExecutionEnded: async (gate, event) => {
      const now = Number(await gate('clock:now', {}));
      const activeAttempt = iotActiveAttempt(gatedClients(gate).jobs);
      const publish = publishTo(gatedClients(gate).sns, 'topic');
      await jobExecutionEnded({ activeAttempt, publish, log: silentLog, now: () => now })(event);
    },
    StopWorkflow: (gate, message) =>
      stopWorkflow({ markEnded: markEndedOf(gate), stopExecution: sfnStopExecution(gatedClients(gate).sfn) })(
        message as MessageOf<'JOB_EXECUTION_ENDED'>,
        silentLog,
      ),
  });
  const happen = (earlier: World, step: JobStep): readonly Effect<World>[] => {
    const world = { ...earlier, now: earlier.now + (step.does === 'wait' ? step.ms : STEP_MS) };
    if (step.does === 'wait') return [{ world }];
    const { attempt } = step;
    if (step.does === 'queue') {
      const queuedAt = Math.floor(world.now / 1000);
      const arns = Array.from({ length: step.notifications }, (_, index) => `${attempt}${'abc'.charAt(index)}`);
      const executions = { ...world.executions, ...Object.fromEntries(arns.map((arn) => [arn, 'STARTED' as const])) };
      return [
        {
          world: { ...world, executions, active: attempt },
          starts: arns.map((arn) => lambda.invoke('execution', arn, { arn, attempt, queuedAt })),
        },
      ];
    }
    const isInProgress = Object.entries(world.executions).some((of) => isOwnerOf(attempt)(of));
    if (step.does === 'timed_out' && !isInProgress) return [];
    const event = { jobId: JOB, thingName: THING, reason: step.does };
    return [
      {
        world: { ...world, active: 0, ended: [...world.ended, attempt] },
        starts: Array.from({ length: step.events }, () => lambda.invoke('JobExecutionEnded', step.does, event)),
      },
    ];
  };
  return {
    world: { ...emptyWorld(deaths), now: START, active: 0, ended: [], executions: {} },
    actors: [lambda.invoke('jobs', '', undefined)],
    program: lambda.program,
    perform: (world, actor, call) => {
      const { arn = '', status } = call.input as { arn?: string; status?: Status };
      const { code, label } = lambda.invocation(actor);
      if (code === 'execution' && world.executions[label] === 'ABORTED') return [];
      const executionIs = (of: string, is: Status): World => ({
        ...world,
        executions: { ...world.executions, [of]: is },
      });
      switch (call.name) {
        case 'jobs:step':
          return happen(world, call.input as JobStep).map((effect) => ({ ...effect, answer: { value: null } }));
        case 'clock:now':
          return [{ world, answer: { value: world.now } }];
        case 'execution:is':
          return status ? [{ world: executionIs(arn, status), answer: { value: null } }] : [];
        case 'jobs:DescribeJobExecution':
          return [
            {
              world,
              answer:
                world.active === 0
                  ? { error: { name: 'TerminalStateException', message: '' } }
                  : { value: { execution: { status: 'QUEUED', executionNumber: world.active } } },
            },
          ];
        case 'states:StopExecution': {
          const { executionArn } = call.input as { executionArn: string };
          const stopped = world.executions[executionArn] === 'QUIET' ? world : executionIs(executionArn, 'ABORTED');
          return [{ world: stopped, answer: { value: {} } }];
        }
        default: {
          const performed = performAws(world, call, (message) => [
            lambda.invoke('StopWorkflow', JSON.stringify(message), message),
          ]);
          return performed ? [performed] : [];
        }
      }
    },
    end: (world, name, how) => {
      const { code } = lambda.invocation(name);
      const isFunction = code === 'JobExecutionEnded' || code === 'StopWorkflow';
      return {
        world: how === 'died' ? { ...world, deaths: world.deaths - 1 } : world,
        starts: isFunction ? lambda.after(name, how) : [],
      };
    },
    mayDie: ({ deaths: left }, name) =>
      left > 0 && ['JobExecutionEnded', 'StopWorkflow'].includes(lambda.invocation(name).code),
    commutes: (_, { name }) => name === 'sns:Publish' || name === 'execution:is',
    problemOnTheWay: ({ executions }) => {
      const owners = Object.entries(executions).filter(([, status]) => status === 'OWNER');
      const twice = owners.find(([arn], index) => owners.slice(0, index).some(([other]) => other[0] === arn[0]));
      return twice && `attempt ${twice[0].charAt(0)} has two owners`;
    },
    problemAtTheEnd: ({ executions, active, ended }) => {
      const all = Object.entries(executions);
      const left = ended.find((attempt) => all.some(isOwnerOf(attempt)));
      if (left !== undefined) return `attempt ${left} has ended, and its workflow goes on`;
      return active === 0 || all.some(isOwnerOf(active)) ? undefined : `nobody upgrades for attempt ${active}`;
    },
  };
};

const isOwnerOf =
  (attempt: number) =>
  ([arn, status]: readonly [string, Status]): boolean =>
    arn.startsWith(String(attempt)) && status === 'OWNER';

const queue = (attempt: number, notifications = 1): JobStep => ({ does: 'queue', attempt, notifications });
const end = (does: Ending, attempt: number, events = 1): JobStep => ({ does, attempt, events });
const wait = (ms: number): JobStep => ({ does: 'wait', ms });

describe('whatever the order of notifications, ends and deaths, an attempt has one owner, and none after its end', () => {
  test.each<readonly [string, readonly JobStep[]]>([
    ['three notifications', [queue(1, 3)]],
    ['a job that is cancelled in the second in which it was queued', [queue(1, 2), end('canceled', 1, 2)]],
    ['a job that is cancelled later', [queue(1, 2), wait(5_000), end('canceled', 1), wait(2_000)]],
    ['a job that is deleted', [queue(1), wait(400), end('deleted', 1), wait(2_000)]],
    ['a retry after a time-out', [queue(1, 2), wait(5_000), end('timed_out', 1), queue(2)]],
    ['a thing that leaves its group', [queue(1, 2), wait(2_000), end('removed', 1), wait(2_000)]],
    [
      'a thing that leaves its group and joins it again in the same second',
      [queue(1), wait(2_000), end('removed', 1), queue(2, 2)],
    ],
  ])('%s, with one death', async (_, steps) => {
    expect(storyOf(await explore(modelOf(steps)))).toMatch(/^nothing wrong/);
  });

  test.each<readonly [string, readonly JobStep[]]>([
    ['a job that is cancelled, of which the event comes twice', [queue(1, 2), end('canceled', 1, 2), wait(2_000)]],
    [
      'a thing that leaves its group, joins it again, and leaves it again',
      [queue(1), wait(2_000), end('removed', 1), wait(500), queue(2), wait(1_100), end('removed', 2)],
    ],
    [
      'a second attempt that is cancelled at once',
      [queue(1), wait(2_000), end('removed', 1), wait(500), queue(2), end('canceled', 2)],
    ],
  ])('%s', async (_, steps) => {
    expect(storyOf(await explore(modelOf(steps, { deaths: 0 })))).toMatch(/^nothing wrong/);
  });
});

/** Lists the claims, and marks the end afterwards. */
const listsFirst = (gate: Gate): StopDeps['markEnded'] => {
  const dynamo = gatedDocumentClient(gate);
  const markEnded = dynamoMarkEnded(dynamo, 'executions');
  return async (ending) => {
    const claims = await markEnded({ ...ending, queuedBefore: undefined });
    await markEnded(ending);
    return claims;
  };
};

describe('the explorer finds', () => {
  test('that a stop which lists the claims before it marks the end leaves a workflow running', async () => {
    const model = modelOf([queue(1), end('canceled', 1)], { markEndedOf: listsFirst, deaths: 0 });
    const { violation } = await explore(model);
    expect(violation?.problem).toBe('attempt 1 has ended, and its workflow goes on');
    expect(await replay(model, violation?.schedule ?? [])).toMatchObject({ problem: violation?.problem });
  });
});
