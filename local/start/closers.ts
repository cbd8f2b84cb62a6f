/** Closes what has been started. */
export interface Closers {
  add(close: () => Promise<void> | void): void;
  /** Closes everything once, the last first. */
  closeAll(): Promise<void>;
}

export const createClosers = (): Closers => {
  const closers: (() => Promise<void> | void)[] = [];
  return {
    add: (close) => void closers.push(close),
    closeAll: async () => {
      for (const close of closers.splice(0).reverse()) await close();
    },
  };
};
