import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseFlow } from '../../../console/server/asl-graph';
import { layoutFlow } from '../../../console/server/graph-layout';
import type { GraphState, StateGraph } from '../../../console/shared/graph';

const draw = (definition: unknown): StateGraph => layoutFlow(parseFlow(JSON.stringify(definition)));
const FIRMWARE_UPGRADE: unknown = JSON.parse(
  readFileSync(join(__dirname, '../../../statemachines/firmware-upgrade.asl.json'), 'utf8'),
);

const stateOf = (graph: StateGraph, name: string): GraphState => {
  const state = graph.states.find((candidate) => candidate.name === name);
  if (state === undefined) throw new Error(`${name} is not drawn`);
  return state;
};
const overlap = (a: GraphState, b: GraphState) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const contains = (frame: GraphState, state: GraphState) =>
  state.x >= frame.x &&
  state.y >= frame.y &&
  state.x + state.width <= frame.x + frame.width &&
  state.y + state.height <= frame.y + frame.height;
const linesOf = (graph: StateGraph, from: string) =>
  graph.edges.filter((edge) => edge.from === from).map(({ to, kind, label }) => [kind, to, label]);

const pass = (next?: string) => (next === undefined ? { Type: 'Pass', End: true } : { Type: 'Pass', Next: next });

describe('the drawing of a state machine', () => {
  test('has a line for each way out of a state, errors with their names, and no line twice', () => {
    const graph = draw({
      StartAt: 'Choose',
      States: {
        Choose: {
          Type: 'Choice',
          Choices: [
            { Variable: '$.a', IsPresent: true, Next: 'Work' },
            { Variable: '$.b', IsPresent: true, Next: 'Work' },
            { Variable: '$.c', IsPresent: true, Next: 'Failed' },
          ],
          Default: 'Failed',
        },
        Work: {
          ...{ Type: 'Task', Resource: 'arn:aws:states:::sns:publish', Next: 'Done', Comment: 'Does it.' },
          Catch: [
            { ErrorEquals: ['A'], Next: 'Failed' },
            { ErrorEquals: ['States.ALL'], Next: 'Failed' },
          ],
        },
        Done: { Type: 'Succeed' },
        Failed: { Type: 'Fail' },
      },
    });
    expect(linesOf(graph, 'Choose')).toEqual([
      ['choice', 'Work', ''],
      ['choice', 'Failed', ''],
    ]);
    expect(linesOf(graph, 'Work')).toEqual([
      ['next', 'Done', ''],
      ['catch', 'Failed', 'A, States.ALL'],
    ]);
    expect(stateOf(graph, 'Choose')).toMatchObject({ type: 'Choice', isStart: true, isEnd: false });
    expect(stateOf(graph, 'Work')).toMatchObject({ comment: 'Does it.', isEnd: false });
    expect(stateOf(graph, 'Failed')).toMatchObject({ isEnd: true });
  });

  test('puts branches, at any depth, and iterations into the frame of their state', () => {
    const inner = { Type: 'Parallel', End: true, Branches: [{ StartAt: 'Deep', States: { Deep: pass() } }] };
    const graph = draw({
      StartAt: 'Outer',
      States: {
        Outer: {
          ...{ Type: 'Parallel', Next: 'Each' },
          Branches: [
            { StartAt: 'Left', States: { Left: pass('AlsoLeft'), AlsoLeft: pass() } },
            { StartAt: 'Inner', States: { Inner: inner } },
          ],
        },
        Each: { Type: 'Map', End: true, ItemProcessor: { StartAt: 'Item', States: { Item: pass() } } },
      },
    });
    for (const [frame, states] of [
      ['Outer', ['Left', 'AlsoLeft', 'Inner', 'Deep']],
      ['Inner', ['Deep']],
      ['Each', ['Item']],
    ] as const)
      for (const name of states) expect(contains(stateOf(graph, frame), stateOf(graph, name))).toBe(true);
    expect(overlap(stateOf(graph, 'Left'), stateOf(graph, 'Inner'))).toBe(false);
    expect(stateOf(graph, 'Outer').isFrame).toBe(true);
    expect(stateOf(graph, 'Deep').within).toBe('Inner');
    expect(stateOf(graph, 'Inner').within).toBe('Outer');
    expect(stateOf(graph, 'Outer').within).toBeUndefined();
    expect(linesOf(graph, 'Left')).toEqual([['next', 'AlsoLeft', '']]);
  });

  test('draws a way back', () => {
    const graph = draw({ StartAt: 'A', States: { A: pass('B'), B: pass('A') } });
    expect(linesOf(graph, 'B')).toEqual([['next', 'A', '']]);
  });

  test('shows every state of the firmware upgrade, none over another, from top to bottom', () => {
    const graph = draw(FIRMWARE_UPGRADE);
    const outside = ['WaitForDeviceMessages', 'GetDevice', 'StartDownload', 'FirmwareUpdateFailed'];
    for (const name of outside) expect(stateOf(graph, name)).toBeDefined();
    for (const a of graph.states)
      for (const b of graph.states)
        if (a !== b && !contains(a, b) && !contains(b, a)) expect([a.name, b.name, overlap(a, b)]).toContain(false);
    const way = ['ClaimExecution', 'GetDevice', 'StartDownload', 'WaitForDeviceMessages', 'FirmwareUpdateSuccess'];
    const heights = way.map((name) => stateOf(graph, name).y);
    expect(heights).toEqual([...heights].sort((a, b) => a - b));
    for (const { x, y, width, height } of graph.states) {
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(graph.width);
      expect(y + height).toBeLessThanOrEqual(graph.height);
    }
  });

  test.each([
    ['{}', 'StartAt'],
    ['{"StartAt":"A","States":{"A":{}}}', 'States.A.Type'],
  ])('names what is wrong with the definition %s', (definition, field) => {
    expect(() => parseFlow(definition)).toThrow(field);
  });
});
