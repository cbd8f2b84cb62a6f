import { Graph, type GraphLabel, layout } from '@dagrejs/dagre';
import type { GraphEdge, GraphState, Point, StateGraph } from '../shared/graph';
import type { Flow, FlowState } from './asl-graph';

const HEIGHTS = { oneLine: 32, twoLines: 48 };
/** Characters. */
const LONG_NAME = 18;
/** Room for a name in the system font at 13 px, with a sign before it. */
const CHARACTER = 7;
const BESIDE_NAME = 42;
const FRAME = { padding: 14, title: 26 };
const GAP = { between: 18, ranks: 34 };
/** The way of success is drawn straight, with the errors beside it. */
const WEIGHTS = { next: 12, choice: 4, default: 2, catch: 1 } as const;

const moved = (by: Point, { states, edges, ...size }: StateGraph): StateGraph => ({
  ...size,
  states: states.map((state) => ({ ...state, x: state.x + by.x, y: state.y + by.y })),
  edges: edges.map((edge) => ({ ...edge, points: edge.points.map(({ x, y }) => ({ x: x + by.x, y: y + by.y })) })),
});

/** Long names break before a capital letter, near the middle. @example ['WaitForDevice', 'Messages'] */
const linesOf = (name: string): readonly string[] => {
  if (name.length <= LONG_NAME) return [name];
  const ends = [...name.matchAll(/(?<=[a-z0-9])(?=[A-Z])/g)].map(({ index }) => index);
  const [end] = ends.toSorted((a, b) => Math.abs(a - name.length / 2) - Math.abs(b - name.length / 2));
  return end === undefined ? [name] : [name.slice(0, end), name.slice(end)];
};

const widthOf = (lines: readonly string[]) =>
  Math.ceil(Math.max(...lines.map(({ length }) => length)) * CHARACTER) + BESIDE_NAME;

/** The branches of a state side by side, inside a frame; undefined for a state without branches. */
const frameOf = ({ name, branches }: FlowState): StateGraph | undefined => {
  if (branches.length === 0) return undefined;
  const states: GraphState[] = [];
  const edges: GraphEdge[] = [];
  let x = FRAME.padding;
  let height = 0;
  for (const branch of branches.map(layoutFlow)) {
    const placed = moved({ x, y: FRAME.title + FRAME.padding }, branch);
    // The innermost frame has been named already.
    states.push(...placed.states.map((state) => ({ within: name, ...state })));
    edges.push(...placed.edges);
    x += branch.width + FRAME.padding;
    height = Math.max(height, branch.height);
  }
  return {
    width: Math.max(x, widthOf([name]) + FRAME.padding),
    height: height + FRAME.title + 2 * FRAME.padding,
    states,
    edges,
  };
};

/** What dagre adds to a node, and to an edge. */
interface Placed {
  readonly width: number;
  readonly height: number;
  readonly x?: number;
  readonly y?: number;
}
interface Routed {
  readonly weight: number;
  readonly points?: readonly Point[];
}

const sizeOf = ({ name }: FlowState, inside: StateGraph | undefined) => {
  if (inside) return inside;
  const lines = linesOf(name);
  return { width: widthOf(lines), height: lines.length === 1 ? HEIGHTS.oneLine : HEIGHTS.twoLines };
};

/**
 * Places the states of a flow from top to bottom. Branches are placed on their own and inside a frame, because a
 * transition never leaves its branch (https://states-language.net/spec.html#parallel-state).
 */
export const layoutFlow = (flow: Flow): StateGraph => {
  const graph = new Graph<GraphLabel, Placed, Routed>({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: GAP.between, ranksep: GAP.ranks, edgesep: 14, marginx: 12, marginy: 12 });
  const insides = new Map(flow.states.map((state) => [state.name, frameOf(state)]));
  for (const state of flow.states) {
    const { width, height } = sizeOf(state, insides.get(state.name));
    graph.setNode(state.name, { width, height });
  }
  for (const { from, to, kind } of flow.edges) graph.setEdge(from, to, { weight: WEIGHTS[kind] }, kind);
  layout(graph);

  const nested: StateGraph[] = [];
  const states = flow.states.map((state): GraphState => {
    const inside = insides.get(state.name);
    const { width, height } = sizeOf(state, inside);
    const { x: middle = 0, y: center = 0 } = graph.node(state.name);
    const corner = { x: middle - width / 2, y: center - height / 2 };
    if (inside) nested.push(moved(corner, inside));
    const { name, type, comment, isEnd } = state;
    const isFrame = inside !== undefined;
    const lines = isFrame ? [name] : linesOf(name);
    return { name, lines, type, comment, ...corner, width, height, isFrame, isEnd, isStart: name === flow.startAt };
  });
  const edges = flow.edges.map((edge): GraphEdge => {
    const { points = [] } = graph.edge(edge.from, edge.to, edge.kind);
    return { ...edge, points: points.map(({ x, y }) => ({ x, y })) };
  });
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    states: [...states, ...nested.flatMap((inside) => inside.states)],
    edges: [...edges, ...nested.flatMap((inside) => inside.edges)],
  };
};
