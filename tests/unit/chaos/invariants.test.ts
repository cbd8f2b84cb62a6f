import { violationsOf } from '../../../chaos/invariants/all';
import type { ObservedDevice, ObservedOperation, ObservedWorkflow, World } from '../../../chaos/world';

const SLACK = 1_000;

const WORKFLOW: ObservedWorkflow = {
  arn: 'arn:1',
  status: 'SUCCEEDED',
  endedAt: 5_000,
  isQuiet: false,
  ranAtEnd: '2.0',
};
const QUIET: ObservedWorkflow = { ...WORKFLOW, arn: 'arn:2', isQuiet: true, ranAtEnd: '1.0' };

/** An upgrade that went well. */
const SUCCEEDED: ObservedOperation = {
  ...{ operationId: 'job.1', target: '2.0', status: 'SUCCEEDED', ranAtSuccess: '2.0', claimedBy: 'arn:1' },
  ...{ workflows: [WORKFLOW, QUIET], commandStates: { download: 'STARTED' } },
};
/** One that did not. */
const FAILED: ObservedOperation = {
  ...{ operationId: 'job.1', target: '2.0', status: 'FAILED', claimedBy: 'arn:1' },
  workflows: [{ ...WORKFLOW, status: 'FAILED', error: 'FIRMWARE_UPGRADE_FAIL.ROLLED_BACK', ranAtEnd: '1.0' }],
  commandStates: { download: 'CLOSED' },
};

const DEVICE: ObservedDevice = {
  ...{ thingName: 'd', runs: '2.0', reports: true, registry: '2.0', known: '2.0', operations: [SUCCEEDED] },
  downloads: [
    { commandKey: 'job.1', at: 2_000 },
    { commandKey: 'job.1.2', at: 2_500 },
  ],
  commands: [{ commandKey: 'job.1', command: 'Download', publishedAt: 1_000, expiresAt: 9_000 }],
};

const world = (device: Partial<ObservedDevice>, rest: Partial<World> = {}): World => ({
  ...{ devices: [{ ...DEVICE, ...device }], letters: [], unfinished: [] },
  ...rest,
});
const operation = (fields: Partial<ObservedOperation>): World => world({ operations: [{ ...SUCCEEDED, ...fields }] });
const failed = (fields: Partial<ObservedOperation>): World =>
  world({ runs: '1.0', registry: '1.0', known: '1.0', operations: [{ ...FAILED, ...fields }] });
/** No workflow has begun, so the device was not asked for anything. */
const withoutWorkflow = (status: string): World => {
  const operations = [{ ...FAILED, status, workflows: [], claimedBy: undefined, commandStates: {} }];
  return world({ runs: '1.0', registry: '1.0', known: '1.0', operations, downloads: [], commands: [] });
};

describe('a campaign in which all invariants hold', () => {
  test.each<[string, World]>([
    ['an upgrade that succeeded, announced twice', world({})],
    ['one that failed', failed({})],
    [
      'one whose device came back with the firmware after that',
      { ...failed({}), devices: [{ ...DEVICE, operations: [FAILED] }] },
    ],
    ['one that failed because DynamoDB did not take its claim', failed({ claimedBy: undefined, commandStates: {} })],
    ['a job that was cancelled when its workflow had succeeded', operation({ status: 'CANCELED' })],
    [
      'a job that was cancelled, whose workflow succeeded after the next job had begun',
      operation({ status: 'CANCELED', workflows: [{ ...WORKFLOW, ranAtEnd: '3.0' }] }),
    ],
    ['a job that was cancelled while its workflow ran', failed({ status: 'CANCELED' })],
    ['a job that was deleted before a workflow began', withoutWorkflow('DELETED')],
    [
      'a device that is off, and that nobody knows anything of',
      world({ reports: false, registry: '1.0', known: undefined }),
    ],
    ['a device of which device management has never heard a version', world({ known: undefined })],
    ['poison in a queue', world({}, { letters: [{ queue: 'q', body: 'b', cause: 'c', isPoison: true }] })],
    [
      'a command that was on its way when its workflow ended',
      world({ commands: [{ commandKey: 'job.1', command: 'Download', publishedAt: 5_900, expiresAt: 9_000 }] }),
    ],
  ])('%s', (_, seen) => {
    expect(violationsOf(seen, SLACK)).toEqual([]);
  });
});

describe('a campaign in which one does not hold', () => {
  test.each<[string, World, string, RegExp]>([
    [
      'success without the firmware',
      operation({ ranAtSuccess: '1.0' }),
      'no false success',
      /job execution SUCCEEDED while the device ran 1\.0/,
    ],
    [
      'a workflow that calls a success what was none',
      operation({ workflows: [{ ...WORKFLOW, ranAtEnd: '1.0' }] }),
      'no false success',
      /workflow SUCCEEDED while the device ran 1\.0/,
    ],
    [
      'a job execution without an outcome',
      operation({ status: 'IN_PROGRESS' }),
      'nothing waits for ever',
      /waits for ever: the job execution of job\.1 is IN_PROGRESS/,
    ],
    ['a job execution that nobody began', withoutWorkflow('QUEUED'), 'nothing waits for ever', /QUEUED/],
    [
      'a workflow that runs',
      failed({ workflows: [{ ...WORKFLOW, status: 'RUNNING', ranAtEnd: '1.0' }] }),
      'nothing waits for ever',
      /arn:1 is RUNNING/,
    ],
    [
      'what was under way when the campaign stopped waiting',
      world({}, { unfinished: ['3 workflows'] }),
      'nothing waits for ever',
      /waits for ever: 3 workflows/,
    ],
    [
      'two workflows of one operation',
      operation({ workflows: [WORKFLOW, { ...QUIET, isQuiet: false, status: 'FAILED' }] }),
      'agreement',
      /2: SUCCEEDED, FAILED/,
    ],
    [
      'a success of a workflow that failed',
      operation({ workflows: [{ ...WORKFLOW, status: 'FAILED' }], commandStates: {} }),
      'agreement',
      /FAILED/,
    ],
    [
      'a failure of a workflow that succeeded',
      failed({ workflows: [{ ...WORKFLOW, ranAtEnd: '2.0' }] }),
      'agreement',
      /SUCCEEDED/,
    ],
    ['an outcome without a workflow', withoutWorkflow('FAILED'), 'agreement', /none/],
    ['a workflow that does not own its operation', operation({ claimedBy: 'arn:9' }), 'agreement', /arn:9/],
    ['a workflow that has no claim', operation({ claimedBy: undefined }), 'agreement', /no claim/],
    ['a command that can still be sent', failed({ commandStates: { download: 'SENT' } }), 'agreement', /SENT/],
    ['a registry that is wrong', world({ registry: '1.0' }), 'agreement', /^1\.0$/],
    ['a thing without a version', world({ registry: undefined }), 'agreement', /none/],
    ['device management that is wrong', world({ known: '1.0' }), 'agreement', /^1\.0$/],
    [
      'two downloads',
      world({ downloads: [...DEVICE.downloads, { commandKey: 'job.1', at: 2_700 }] }),
      'one download per order',
      /2 downloads, the last 700 ms after the first/,
    ],
    [
      'a command after the workflow',
      world({ commands: [{ commandKey: 'job.1', command: 'Download', publishedAt: 6_001, expiresAt: 9_000 }] }),
      'no ghost command',
      /one 1001 ms after the end/,
    ],
    [
      'a command that stays in the broker',
      world({ commands: [{ commandKey: 'job.1', command: 'Download', publishedAt: 1_000 }] }),
      'no ghost command',
      /never expires/,
    ],
    [
      'a command of nobody',
      world({ commands: [{ commandKey: 'other.1', command: 'Download', publishedAt: 1_000, expiresAt: 9_000 }] }),
      'no ghost command',
      /without a workflow/,
    ],
    [
      'a dead letter',
      world({}, { letters: [{ queue: 'q', body: 'b', cause: 'c', isPoison: false }] }),
      'nothing is lost',
      /c: b/,
    ],
  ])('%s', (_, seen, invariant, what) => {
    expect(violationsOf(seen, SLACK)).toMatchObject([{ invariant, seen: expect.stringMatching(what) }]);
  });
});
