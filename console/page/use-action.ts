import { useState } from 'preact/hooks';

/** Something that an operator starts: it runs once at a time, and its failure is shown. */
export interface ActionState {
  readonly isRunning: boolean;
  readonly problem: string | undefined;
  readonly run: (work: () => Promise<void>) => void;
}

export const useAction = (): ActionState => {
  const [isRunning, setRunning] = useState(false);
  const [problem, setProblem] = useState<string>();
  return {
    isRunning,
    problem,
    run: (work) => {
      if (isRunning) return;
      setRunning(true);
      setProblem(undefined);
      work()
        .catch((error: unknown) => setProblem(error instanceof Error ? error.message : String(error)))
        .finally(() => setRunning(false));
    },
  };
};
