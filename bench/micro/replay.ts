/** A port that answers what another one has answered once: the same calls in the same order, at no cost. */
export interface Replay<Port> {
  readonly port: Port;
  /** From now on the answers are those of the recording, from its beginning. */
  rewind(): void;
}

/** Records what a port answers until the first `rewind`. @throws Error when it is called more often than it was recorded */
export const replaying = <Port extends object>(recorded: Port): Replay<Port> => {
  const answers: Promise<unknown>[] = [];
  let next: number | undefined;
  const answer = (call: () => unknown): Promise<unknown> => {
    if (next === undefined) {
      const given = Promise.resolve(call());
      answers.push(given);
      return given;
    }
    const given = answers[next];
    next += 1;
    return given ?? Promise.reject(new Error('The port is called more often than it was recorded.'));
  };
  const port = new Proxy(recorded, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...input: readonly unknown[]) => answer(() => Reflect.apply(member, target, input) as unknown);
    },
  });
  return {
    port,
    rewind: () => {
      next = 0;
    },
  };
};
