import type { ObservedDevice, ObservedOperation, ObservedWorkflow, Violation, World } from '../world';

/** Job execution, workflow, tables, registry and device say the same of every upgrade. */

const INVARIANT = 'agreement';
const UNFINISHED = ['QUEUED', 'IN_PROGRESS', 'RUNNING'];

/** The executions that did more than to find that the operation is not theirs. */
const working = ({ workflows }: ObservedOperation): readonly ObservedWorkflow[] =>
  workflows.filter(({ isQuiet }) => !isQuiet);

const namesOf = (workflows: readonly ObservedWorkflow[]) =>
  workflows.map(({ status, error }) => [status, error].filter(Boolean).join(' ')).join(', ') || 'none';

/** What the workflow must have come to, by the status of the job execution. Whoever cancels or deletes a job may win or lose a race. */
const WORKFLOWS: Readonly<Record<string, readonly string[]>> = {
  SUCCEEDED: ['SUCCEEDED'],
  FAILED: ['FAILED', 'TIMED_OUT', 'ABORTED'],
  TIMED_OUT: ['FAILED', 'TIMED_OUT', 'ABORTED'],
};

type Problem = Pick<Violation, 'expected' | 'seen'>;

/** One workflow at most owns an operation, and it came to the outcome that the job execution has. */
export const workflowProblems = (operation: ObservedOperation): readonly Problem[] => {
  const { operationId, status } = operation;
  const owners = working(operation);
  if (owners.length > 1)
    return [{ expected: `one workflow for ${operationId}`, seen: `${owners.length}: ${namesOf(owners)}` }];
  const allowed = WORKFLOWS[status];
  const [owner] = owners;
  if (!allowed || (owner && [...allowed, ...UNFINISHED].includes(owner.status))) return [];
  return [
    {
      expected: `a workflow that has ${allowed.join(' or ')}, because the job execution of ${operationId} is ${status}`,
      seen: namesOf(owners),
    },
  ];
};

/** The executions table names the workflow that owns the operation. */
export const claimProblems = (operation: ObservedOperation): readonly Problem[] => {
  const [owner] = working(operation);
  const { operationId, claimedBy } = operation;
  // One that could not claim for an error of DynamoDB reports its failure.
  const ranWithoutClaim = owner !== undefined && claimedBy === undefined && owner.status === 'FAILED';
  if (!owner || owner.arn === claimedBy || ranWithoutClaim) return [];
  return [{ expected: `${operationId} claimed by ${owner.arn}`, seen: claimedBy ?? 'no claim' }];
};

/** No command can be sent any more for a workflow that ended without success. */
export const commandProblems = (operation: ObservedOperation): readonly Problem[] => {
  const [owner] = working(operation);
  if (!owner || owner.status === 'SUCCEEDED' || UNFINISHED.includes(owner.status)) return [];
  return Object.entries(operation.commandStates)
    .filter(([, state]) => state !== 'CLOSED')
    .map(([command, state]) => ({
      expected: `command ${command} of ${operation.operationId} CLOSED, because its workflow has ${owner.status}`,
      seen: state,
    }));
};

/** Registry and device management know what the device runs, if it could report it. */
export const versionProblems = (device: ObservedDevice): readonly Problem[] => {
  const { runs, registry, known, reports } = device;
  if (!reports) return [];
  return [
    ...(registry === runs ? [] : [{ expected: `registry: ${runs}, which the device runs`, seen: registry ?? 'none' }]),
    ...(known === undefined || known === runs
      ? []
      : [{ expected: `devices table: ${runs}, which the device runs`, seen: known }]),
  ];
};

export const disagreements = ({ devices }: World): readonly Violation[] =>
  devices.flatMap((device) =>
    [
      ...device.operations.flatMap((operation) => [
        ...workflowProblems(operation),
        ...claimProblems(operation),
        ...commandProblems(operation),
      ]),
      ...versionProblems(device),
    ].map((problem) => ({ invariant: INVARIANT, device: device.thingName, ...problem })),
  );

/** Of a job that was cancelled or deleted, nobody is told what its workflow came to. */
const UNTOLD = ['CANCELED', 'REMOVED', 'DELETED', 'TIMED_OUT'];

/** No upgrade is called a success unless the device ran the target at that moment. */
export const falseSuccesses = ({ devices }: World): readonly Violation[] =>
  devices.flatMap(({ thingName, operations }) =>
    operations.flatMap((operation) => {
      const { operationId, target, status, ranAtSuccess } = operation;
      const ofJob =
        status === 'SUCCEEDED' && ranAtSuccess !== target ? [['job execution SUCCEEDED', ranAtSuccess] as const] : [];
      const told = UNTOLD.includes(status) ? [] : working(operation);
      const ofWorkflows = told
        .filter((workflow) => workflow.status === 'SUCCEEDED' && workflow.ranAtEnd !== target)
        .map(({ ranAtEnd }) => ['workflow SUCCEEDED', ranAtEnd] as const);
      return [...ofJob, ...ofWorkflows].map(([what, ran]) => ({
        invariant: 'no false success',
        device: thingName,
        expected: `${target} running when ${operationId} became a success`,
        seen: `${what} while the device ran ${ran ?? 'an unknown version'}`,
      }));
    }),
  );

/** Nothing waits for ever. */
export const unfinished = (world: World): readonly Violation[] => {
  const invariant = 'nothing waits for ever';
  const ofDevices = world.devices.flatMap(({ thingName, operations }) =>
    operations.flatMap(({ operationId, status, workflows }) =>
      [
        ...(UNFINISHED.includes(status) ? [`the job execution of ${operationId} is ${status}`] : []),
        ...workflows.filter((one) => UNFINISHED.includes(one.status)).map(({ arn }) => `workflow ${arn} is RUNNING`),
      ].map((seen) => ({ invariant, device: thingName, expected: 'an end', seen: `waits for ever: ${seen}` })),
    ),
  );
  return [
    ...world.unfinished.map((what) => ({ invariant, device: '', expected: 'an end', seen: `waits for ever: ${what}` })),
    ...ofDevices,
  ];
};
