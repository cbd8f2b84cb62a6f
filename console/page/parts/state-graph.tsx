import { useEffect, useId, useRef } from 'preact/hooks';
import type { GraphEdge, GraphState, Point, StateGraph } from '../../shared/graph';
import { numberText } from './text';

const CORNER = 6;
const LINE = 16;

const between = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** A smooth line through the points, straight at both ends. */
const pathOf = (points: readonly Point[]): string => {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (first === undefined || last === undefined) return '';
  const curves = rest.slice(0, -1).map((point, index) => {
    const end = between(point, rest[index + 1] ?? last);
    return `Q${point.x} ${point.y} ${end.x} ${end.y}`;
  });
  return `M${first.x} ${first.y}${curves.join('')}L${last.x} ${last.y}`;
};

const Edge = ({ edge, arrow, isPassed }: { edge: GraphEdge; arrow: string; isPassed: boolean }) => (
  <path
    class={`edge ${edge.kind}${isPassed ? ' passed' : ''}`}
    d={pathOf(edge.points)}
    marker-end={`url(#${arrow}${isPassed ? '-passed' : ''})`}
  >
    {edge.label && <title>{`on ${edge.label}`}</title>}
  </path>
);

const Arrow = ({ id, className }: { readonly id: string; readonly className: string }) => (
  <marker id={id} class={className} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
    <path d="M0 0 8 4 0 8z" />
  </marker>
);

const classOf = (state: GraphState, isLit: boolean, isPassed: boolean): string =>
  [
    'state',
    state.isFrame && 'frame',
    state.type === 'Fail' && 'fail',
    state.type === 'Succeed' && 'succeed',
    state.type === 'Choice' && 'choice',
    isLit && 'lit',
    isPassed && 'passed',
  ]
    .filter(Boolean)
    .join(' ');

interface StateProps {
  readonly state: GraphState;
  readonly count: number | undefined;
  readonly isLit: boolean;
  readonly isPassed: boolean;
}

const State = ({ state, count, isLit, isPassed }: StateProps) => {
  const sign = isLit ? '▶ ' : !isPassed ? '' : state.type === 'Fail' ? '✕ ' : '✓ ';
  const { name, lines, type, comment, x, y, width, height, isFrame } = state;
  const firstBaseline = isFrame ? y + 19 : y + height / 2 + 4.5 - ((lines.length - 1) * LINE) / 2;
  return (
    <g class={classOf(state, isLit, isPassed)}>
      <title>{`${name} (${type})${comment && `: ${comment}`}`}</title>
      <rect {...{ x, y, width, height }} rx={type === 'Choice' ? height / 2 : CORNER} />
      <text>
        {lines.map((line, index) => (
          <tspan key={line} x={x + 10} y={firstBaseline + index * LINE}>
            {index === 0 && sign}
            {line}
          </tspan>
        ))}
      </text>
      {count !== undefined && (
        // On the upper right corner, so that the name has all the room.
        <g class="count">
          <rect x={x + width - 34} y={y - 10} width={42} height={19} rx={9.5} />
          <text x={x + width - 13} y={y + 4} text-anchor="middle">
            {numberText(count)}
          </text>
        </g>
      )}
    </g>
  );
};

/**
 * The state machine as it is deployed. What it shows is said in words beside it, so it is one picture for screen readers.
 * @param counts how many devices are in each state
 * @param lit states in which a device is
 * @param passed states that it has been in, and transitions that it took
 */
export const StateGraphView = ({
  graph,
  label,
  counts = {},
  lit = [],
  passed = [],
  taken = [],
}: {
  readonly graph: StateGraph;
  readonly label: string;
  readonly counts?: Readonly<Record<string, number>>;
  readonly lit?: readonly string[];
  readonly passed?: readonly string[];
  readonly taken?: readonly GraphEdge[];
}) => {
  const arrow = useId();
  const frame = useRef<HTMLDivElement>(null);
  const inView = lit.at(-1) ?? passed.at(-1);
  useEffect(() => {
    const shown = graph.states.find(({ name }) => name === inView);
    const { current } = frame;
    if (!shown || !current) return;
    const scale = current.scrollWidth / graph.width;
    current.scrollLeft = (shown.x + shown.width / 2) * scale - current.clientWidth / 2;
    current.scrollTop = (shown.y + shown.height / 2) * scale - current.clientHeight / 2;
  }, [graph, inView]);
  const isLit = ({ name }: GraphState) => lit.includes(name) || (counts[name] ?? 0) > 0;
  const was = new Set([...passed, ...lit]);
  const drawn = (state: GraphState) => (
    <State
      key={state.name}
      state={state}
      count={counts[state.name]}
      isLit={isLit(state)}
      isPassed={was.has(state.name)}
    />
  );
  return (
    // It scrolls, so the keyboard must get there.
    <div ref={frame} class="graph" tabIndex={0} role="group" aria-label={label}>
      <svg
        style={{ maxWidth: `${graph.width}px` }}
        viewBox={`0 0 ${graph.width} ${graph.height}`}
        role="img"
        aria-label={label}
      >
        <defs>
          <Arrow id={arrow} className="arrow" />
          <Arrow id={`${arrow}-passed`} className="arrow passed" />
        </defs>
        {graph.states.filter(({ isFrame }) => isFrame).map(drawn)}
        {graph.edges.map((edge) => (
          <Edge key={`${edge.from} ${edge.to} ${edge.kind}`} {...{ edge, arrow }} isPassed={taken.includes(edge)} />
        ))}
        {graph.states.filter(({ isFrame }) => !isFrame).map(drawn)}
      </svg>
    </div>
  );
};
