import type { GraphEdge, GraphState, StateGraph } from '../shared/graph';

/** Where a device is in the state machine, and where it has been. */
export interface Way {
  readonly lit: readonly string[];
  readonly passed: readonly string[];
  /** Transitions that it took. */
  readonly taken: readonly GraphEdge[];
}

/** The transition into each state that was entered: from the latest one before it that leads there. */
const takenBy = ({ edges }: StateGraph, way: readonly GraphState[]): readonly GraphEdge[] =>
  way.flatMap((state, index) => {
    const before = way.slice(0, index).filter(({ within }) => within === state.within);
    // Outside of branches only the latest state can have led here.
    const candidates = state.within === undefined ? before.slice(-1) : before.toReversed();
    const from = candidates.find(({ name }) => edges.some((edge) => edge.from === name && edge.to === state.name));
    const ways = edges.filter((edge) => edge.from === from?.name && edge.to === state.name);
    // In the order of a state's fields: what is not an error comes first.
    return ways.slice(0, 1);
  });

/**
 * @param entered names of the states that were entered, in order; other names are ignored
 * @param isOver whether the execution has ended: then no state is lit
 */
export const wayThrough = (graph: StateGraph, entered: readonly string[], isOver: boolean): Way => {
  const states = new Map(graph.states.map((state) => [state.name, state]));
  const way = entered.flatMap((name) => states.get(name) ?? []);
  const passed = [...new Set(way.map(({ name }) => name))];
  const taken = takenBy(graph, way);
  if (isOver) return { lit: [], passed, taken };
  const lastOutside = way.findLastIndex(({ within }) => within === undefined);
  const since = way.slice(Math.max(0, lastOutside));
  // In branches several states are entered, and those that another one of their branch follows are left.
  const isLeft = ({ name }: GraphState, index: number) =>
    since.slice(index + 1).some((later) => graph.edges.some(({ from, to }) => from === name && to === later.name));
  const lit = since.filter((state, index) => !isLeft(state, index)).map(({ name }) => name);
  return { lit: [...new Set(lit)], passed: passed.filter((name) => !lit.includes(name)), taken };
};
