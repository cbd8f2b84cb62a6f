import * as v from 'valibot';
import type { EdgeKind } from '../shared/graph';

/** What of a state machine is drawn. */
export interface FlowState {
  readonly name: string;
  readonly type: string;
  readonly comment: string;
  readonly isEnd: boolean;
  /** Flows inside a Parallel or Map state. */
  readonly branches: readonly Flow[];
}

interface FlowEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
  readonly label: string;
}

/** One flow: a state machine, a branch of a Parallel state or the iteration of a Map state. */
export interface Flow {
  readonly startAt: string;
  readonly states: readonly FlowState[];
  /** At most one of a kind between two states. */
  readonly edges: readonly FlowEdge[];
}

interface AslState {
  readonly Type: string;
  readonly Comment?: string | undefined;
  readonly Next?: string | undefined;
  readonly Default?: string | undefined;
  readonly End?: boolean | undefined;
  readonly Choices?: readonly { readonly Next: string }[] | undefined;
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[] | undefined;
  readonly Branches?: readonly AslFlow[] | undefined;
  readonly ItemProcessor?: AslFlow | undefined;
  readonly Iterator?: AslFlow | undefined;
}
interface AslFlow {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, AslState>>;
}

const flowSchema: v.GenericSchema<AslFlow> = v.object({
  StartAt: v.string(),
  States: v.record(
    v.string(),
    v.lazy(() => stateSchema),
  ),
});
const stateSchema: v.GenericSchema<AslState> = v.object({
  Type: v.string(),
  Comment: v.optional(v.string()),
  Next: v.optional(v.string()),
  Default: v.optional(v.string()),
  End: v.optional(v.boolean()),
  Choices: v.optional(v.array(v.object({ Next: v.string() }))),
  Catch: v.optional(v.array(v.object({ ErrorEquals: v.array(v.string()), Next: v.string() }))),
  Branches: v.optional(v.array(flowSchema)),
  ItemProcessor: v.optional(flowSchema),
  Iterator: v.optional(flowSchema),
});

const edgesOf = (from: string, state: AslState): readonly FlowEdge[] => {
  const edges: FlowEdge[] = [];
  const add = (kind: EdgeKind, to: string | undefined, label = '') => {
    if (to === undefined) return;
    const same = edges.findIndex((edge) => edge.kind === kind && edge.to === to);
    const before = edges[same];
    if (before === undefined) edges.push({ from, to, kind, label });
    else edges[same] = { ...before, label: [before.label, label].filter(Boolean).join(', ') };
  };
  add('next', state.Next);
  for (const { Next } of state.Choices ?? []) add('choice', Next);
  // A default that a rule leads to as well would be the same line twice.
  if (!edges.some(({ to }) => to === state.Default)) add('default', state.Default);
  for (const { ErrorEquals, Next } of state.Catch ?? []) add('catch', Next, ErrorEquals.join(', '));
  return edges;
};

const flowOf = ({ StartAt, States }: AslFlow): Flow => ({
  startAt: StartAt,
  states: Object.entries(States).map(([name, state]) => ({
    name,
    type: state.Type,
    comment: state.Comment ?? '',
    isEnd: state.End === true || state.Type === 'Succeed' || state.Type === 'Fail',
    branches: [...(state.Branches ?? []), state.ItemProcessor, state.Iterator].flatMap((inner) =>
      inner === undefined ? [] : [flowOf(inner)],
    ),
  })),
  edges: Object.entries(States).flatMap(([name, state]) => edgesOf(name, state)),
});

/**
 * The states and transitions of a definition in Amazon States Language, as DescribeStateMachine returns it.
 * @throws Error when it is not a state machine
 */
export const parseFlow = (definition: string): Flow => {
  const parsed = v.safeParse(flowSchema, JSON.parse(definition));
  if (parsed.success) return flowOf(parsed.output);
  const [issue] = parsed.issues;
  throw new Error(`The definition is no state machine: ${v.getDotPath(issue) ?? 'it'}: ${issue.message}`);
};
