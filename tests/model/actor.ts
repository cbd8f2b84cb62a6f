/** A call of an adapter. The explorer decides when it takes place. */
export interface Call {
  readonly name: string;
  readonly input: unknown;
}

/** What a call answers or throws. */
export type Answer =
  | { readonly value: unknown }
  | { readonly error: { readonly name: string; readonly message: string } };

/** Where the calls of an actor wait. */
export type Gate = (name: string, input: unknown) => Promise<unknown>;

/** Code whose only way to the world is the gate: apart from the answers it gets there, it always does the same. */
export type Program = (gate: Gate) => Promise<unknown>;

/** How far a program is: what it waits for, or how it ended. */
export interface Position {
  readonly id: number;
  /** Answers that it has had. */
  readonly steps: number;
  readonly calls: readonly Call[];
  readonly ended?: 'done' | 'failed';
}

interface Run {
  readonly waiting: { readonly call: Call; readonly answer: (answer: Answer) => void }[];
  ended?: 'done' | 'failed';
}

interface Node extends Position {
  readonly history: readonly (readonly [index: number, answer: Answer])[];
  readonly program: Program;
  readonly next: Map<string, Node>;
  /** The run that has come here, until it goes on. */
  run: Run | undefined;
}

/** Lets the code run until it waits at the gate. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

const begin = async (program: Program): Promise<Run> => {
  const run: Run = { waiting: [] };
  const gate: Gate = (name, input) =>
    new Promise((resolve, reject) => {
      const answer = (given: Answer) =>
        'value' in given ? resolve(given.value) : reject(Object.assign(new Error(given.error.message), given.error));
      run.waiting.push({ call: { name, input }, answer });
    });
  program(gate).then(
    () => void (run.ended = 'done'),
    () => void (run.ended = 'failed'),
  );
  await settled();
  return run;
};

const proceed = async (run: Run, index: number, answer: Answer): Promise<void> => {
  run.waiting.splice(index, 1)[0]?.answer(answer);
  await settled();
};

/**
 * The positions of programs. One that has been reached is remembered, so that a program runs once per history of answers, not
 * once per schedule.
 */
export const createPositions = () => {
  let count = 0;
  const starts = new Map<Program, Node>();
  const nodeOf = (program: Program, history: Node['history'], run: Run): Node => ({
    ...{ id: count++, program, history, run, next: new Map<string, Node>() },
    ...{ steps: history.length, calls: run.waiting.map(({ call }) => call) },
    ...(run.ended && { ended: run.ended }),
  });
  const runTo = async ({ program, history }: Node): Promise<Run> => {
    const run = await begin(program);
    for (const [index, answer] of history) await proceed(run, index, answer);
    return run;
  };
  const nodes = new Map<Position, Node>();
  const remember = (node: Node): Node => {
    nodes.set(node, node);
    return node;
  };
  const nodeAt = (position: Position): Node => {
    const node = nodes.get(position);
    if (!node) throw new Error('a position of other programs');
    return node;
  };
  const texts = new WeakMap<Answer, string>();
  const keyOf = (index: number, answer: Answer) => {
    const text = texts.get(answer) ?? JSON.stringify(answer);
    texts.set(answer, text);
    return `${index} ${text}`;
  };
  return {
    /** The beginning of a program; undefined while it has not been run. */
    start: (program: Program): Position | undefined => starts.get(program),
    runStart: async (program: Program): Promise<void> => {
      starts.set(program, remember(nodeOf(program, [], await begin(program))));
    },
    /** The position after the answer to one of the calls; undefined while the program has not been run to it. */
    after: (position: Position, index: number, answer: Answer): Position | undefined =>
      nodeAt(position).next.get(keyOf(index, answer)),
    runAfter: async (position: Position, index: number, answer: Answer): Promise<void> => {
      const node = nodeAt(position);
      const run = node.run ?? (await runTo(node));
      node.run = undefined;
      await proceed(run, index, answer);
      node.next.set(keyOf(index, answer), remember(nodeOf(node.program, [...node.history, [index, answer]], run)));
    },
  };
};
