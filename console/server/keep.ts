/** Values by name, the latest of a bounded number of names. */
export const keep = <T>(size: number, make: (name: string) => T) => {
  const kept = new Map<string, T>();
  return {
    get: (name: string): T => {
      const value = kept.get(name) ?? make(name);
      kept.delete(name);
      kept.set(name, value);
      const [oldest] = kept.keys();
      if (kept.size > size && oldest !== undefined) kept.delete(oldest);
      return value;
    },
    drop: (name: string): void => void kept.delete(name),
  };
};

/**
 * What a call returned, for everyone who asks for the same within a while. A failed call is not kept.
 * @param forMs Infinity for what never changes
 */
export const keepAnswers = <T>(size: number, forMs: number, load: (name: string) => Promise<T>) => {
  const answers = keep(size, (name: string) => {
    const answer = load(name);
    answer.catch(() => answers.drop(name));
    return { answer, at: performance.now() };
  });
  return (name: string): Promise<T> => {
    if (performance.now() - answers.get(name).at >= forMs) answers.drop(name);
    return answers.get(name).answer;
  };
};
