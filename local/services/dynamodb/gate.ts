const settled = async (task: Promise<unknown>): Promise<void> => {
  await task.catch(() => undefined);
};

/** Lets tasks run side by side, and some of them alone. */
export interface Gate {
  /** Runs the task as soon as no earlier task runs alone. */
  shared<T>(task: () => Promise<T>): Promise<T>;
  /** Runs the task when all earlier tasks have ended, before all later ones. */
  alone<T>(task: () => Promise<T>): Promise<T>;
}

export const createGate = (): Gate => {
  const running = new Set<Promise<void>>();
  let lastAlone: Promise<void> = Promise.resolve();
  return {
    shared: (task) => {
      const result = lastAlone.then(task);
      const end = settled(result).then(() => void running.delete(end));
      running.add(end);
      return result;
    },
    alone: (task) => {
      const result = Promise.all([lastAlone, ...running]).then(task);
      lastAlone = settled(result);
      return result;
    },
  };
};
