import { hash } from 'node:crypto';
import { type Answer, type Call, createPositions, type Position, type Program } from './actor';

/** What a step leads to: the world afterwards, and the actors that it starts, by name. */
export interface Effect<World> {
  readonly world: World;
  readonly starts?: readonly string[];
}

/** An actor that has not ended, and what it waits for. */
export interface Waiting {
  readonly name: string;
  readonly calls: readonly Call[];
}

/**
 * Actors and the world that they share. A world is JSON and is never changed in place; equal worlds have equal JSON. Names of
 * actors say all that tells them apart.
 */
export interface Model<World> {
  readonly world: World;
  readonly actors: readonly string[];
  readonly program: (actor: string) => Program;
  /** What a call may lead to: nothing while it has to wait, several results where the world is free to choose. */
  perform(
    world: World,
    actor: string,
    call: Call,
    actors: readonly { readonly name: string }[],
  ): readonly (Effect<World> & { readonly answer: Answer })[];
  /** An actor has ended, or died between two of its calls. */
  end(world: World, actor: string, how: 'done' | 'failed' | 'died'): Effect<World>;
  /** Whether an actor may die now. */
  mayDie?(world: World, actor: string): boolean;
  /** Whether a call is of no consequence to what any other actor does next, so that its order does not matter. */
  commutes?(world: World, call: Call): boolean;
  /** What is wrong with any world on the way. */
  problemOnTheWay?(world: World): string | undefined;
  /** What is wrong when nothing more can happen. */
  problemAtTheEnd(world: World, waiting: readonly Waiting[]): string | undefined;
}

export interface Exploration {
  readonly states: number;
  /** States in which nothing more can happen. */
  readonly ends: number;
  /** The steps of a schedule, as text, and what is wrong after the last of them. */
  readonly violation?: { readonly problem: string; readonly schedule: readonly string[] };
}

/** An exploration for people. The steps can be given to `replay`. */
export const storyOf = ({ states, ends, violation }: Exploration): string =>
  violation
    ? [violation.problem, ...violation.schedule].join('\n  ')
    : `nothing wrong in ${states} states, ${ends} ends`;

interface Actor {
  readonly name: string;
  readonly position: Position;
}

interface Trace {
  readonly step: () => string;
  readonly before: Trace | undefined;
}

interface State<World> {
  readonly world: World;
  readonly actors: readonly Actor[];
  readonly trace: Trace | undefined;
}

const scheduleOf = (trace: Trace | undefined): readonly string[] => {
  const steps: string[] = [];
  for (let at = trace; at; at = at.before) steps.unshift(at.step());
  return steps;
};

/** Long enough to tell the steps of a state apart. */
const MAX_TEXT = 240;
const short = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
};

const textOf = (actor: string, { name, input }: Call, answer: Answer): string =>
  `${actor}: ${name} ${short(input)} → ${'value' in answer ? short(answer.value) : answer.error.name}`;

/** Code that has not been run as far as a step needs it, and what runs it. */
class NotRunYet extends Error {
  constructor(readonly run: () => Promise<void>) {
    super('not run yet');
  }
}

const engineOf = <World>(model: Model<World>) => {
  const positions = createPositions();

  const startOf = (name: string): Position => {
    const program = model.program(name);
    const position = positions.start(program);
    if (!position) throw new NotRunYet(() => positions.runStart(program));
    return position;
  };
  const after = (position: Position, index: number, answer: Answer): Position => {
    const next = positions.after(position, index, answer);
    if (!next) throw new NotRunYet(() => positions.runAfter(position, index, answer));
    return next;
  };

  /** Starts actors. Equal actors have no order. */
  const stateOf = (
    { world, starts = [] }: Effect<World>,
    others: readonly Actor[],
    trace: Trace | undefined,
  ): State<World> => {
    const started = starts.map((name) => ({ name, position: startOf(name) }));
    const idle = started.find(({ position }) => position.ended);
    if (idle) throw new Error(`${idle.name} ends without a call`);
    return { world, actors: [...others, ...started].sort((a, b) => a.position.id - b.position.id), trace };
  };

  /** What follows when an actor ends; it may also die after its last call. */
  const endsOf = (effect: Effect<World>, name: string, how: 'done' | 'failed'): readonly Effect<World>[] => {
    const ways = model.mayDie?.(effect.world, name) ? [how, 'died' as const] : [how];
    return ways.map((way) => {
      const { world, starts = [] } = model.end(effect.world, name, way);
      return { world, starts: [...(effect.starts ?? []), ...starts] };
    });
  };

  const stepsOf = (state: State<World>, actor: Actor, callIndex: number): readonly State<World>[] => {
    const { world, actors, trace: before } = state;
    const { name, position } = actor;
    const call = position.calls[callIndex];
    if (!call) return [];
    const others = actors.filter((other) => other !== actor);
    return model.perform(world, name, call, actors).flatMap(({ answer, ...effect }) => {
      const next = after(position, callIndex, answer);
      const trace = { step: () => textOf(name, call, answer), before };
      if (!next.ended) return [stateOf(effect, [...others, { name, position: next }], trace)];
      return endsOf(effect, name, next.ended).map((end, index) =>
        stateOf(end, others, index === 0 ? trace : { step: () => `${name}: dies after its last call`, before: trace }),
      );
    });
  };

  const deathOf = ({ world, actors, trace: before }: State<World>, actor: Actor): readonly State<World>[] => {
    const { name, position } = actor;
    // One that dies before its first call has done nothing.
    if (position.steps === 0 || !model.mayDie?.(world, name)) return [];
    const others = actors.filter((other) => other !== actor);
    return [stateOf(model.end(world, name, 'died'), others, { step: () => `${name}: dies`, before })];
  };

  /** All that may happen next. Where a step commutes with those of all others, only that one, and the death before it. */
  const possible = (state: State<World>): readonly State<World>[] => {
    const { world, actors } = state;
    for (const actor of actors) {
      const callIndex = actor.position.calls.findIndex((call) => model.commutes?.(world, call));
      const steps = callIndex < 0 ? [] : stepsOf(state, actor, callIndex);
      if (steps.length > 0) return [...steps, ...deathOf(state, actor)];
    }
    return actors.flatMap((actor, index) => {
      // Of actors that are equal in all respects, one stands for all.
      if (actors[index - 1]?.position === actor.position) return [];
      const steps = actor.position.calls.flatMap((_, callIndex) => stepsOf(state, actor, callIndex));
      return [...steps, ...deathOf(state, actor)];
    });
  };
  /** Runs code that was not run so far first, which takes a while; the steps themselves do not. */
  const running = async <T>(attempt: () => T): Promise<T> => {
    for (;;)
      try {
        return attempt();
      } catch (error) {
        if (!(error instanceof NotRunYet)) throw error;
        await error.run();
      }
  };
  const problemIn = ({ world, actors }: State<World>, isEnd: boolean): string | undefined =>
    model.problemOnTheWay?.(world) ??
    (isEnd
      ? model.problemAtTheEnd(
          world,
          actors.map(({ name, position: { calls } }) => ({ name, calls })),
        )
      : undefined);
  return {
    first: () => running(() => stateOf({ world: model.world, starts: model.actors }, [], undefined)),
    nextOf: (state: State<World>) => running(() => possible(state)),
    problemIn,
  };
};

const keyOf = <World>({ world, actors }: State<World>): string =>
  hash('md5', `${JSON.stringify(world)} ${actors.map(({ position }) => position.id).join()}`, 'base64');

/**
 * Goes through every schedule of a model: every order of the actors' calls, and every death. States that were reached before are
 * not gone through again. Breadth first: the schedule of a violation is a shortest one.
 */
export const explore = async <World>(model: Model<World>): Promise<Exploration> => {
  const { first, nextOf, problemIn } = engineOf(model);
  let wave = [await first()];
  const known = new Set(wave.map(keyOf));
  let ends = 0;
  while (wave.length > 0) {
    const following: State<World>[] = [];
    for (const state of wave) {
      const next = await nextOf(state);
      if (next.length === 0) ends += 1;
      const problem = problemIn(state, next.length === 0);
      if (problem !== undefined)
        return { states: known.size, ends, violation: { problem, schedule: scheduleOf(state.trace) } };
      for (const candidate of next) {
        const key = keyOf(candidate);
        if (known.has(key)) continue;
        known.add(key);
        following.push(candidate);
      }
    }
    wave = following;
  }
  return { states: known.size, ends };
};

/**
 * Runs one schedule, such as that of a violation.
 * @returns what is wrong after it
 * @throws Error that names the step that cannot take place, and those that can
 */
export const replay = async <World>(
  model: Model<World>,
  schedule: readonly string[],
): Promise<{ readonly problem: string | undefined; readonly world: World }> => {
  const { first, nextOf, problemIn } = engineOf({ ...model, commutes: () => false });
  let state = await first();
  for (const step of schedule) {
    const next = await nextOf(state);
    const taken = next.find(({ trace }) => trace?.step() === step);
    if (!taken)
      throw new Error(`Cannot take place: ${step}\nPossible:\n${next.map(({ trace }) => trace?.step()).join('\n')}`);
    state = taken;
  }
  return { problem: problemIn(state, (await nextOf(state)).length === 0), world: state.world };
};
