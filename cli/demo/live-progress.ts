import { type Bar, barLines, barsInLine } from '../output/bars';
import type { LiveView } from '../output/live';

/** Shows how many devices of a total have reached each step. */
export interface LiveProgress {
  show(bars: readonly Bar[], total: number): void;
  end(): void;
}

/** A line when something has changed. */
export const progressLines = (print: (line: string) => void): LiveProgress => {
  let last = '';
  return {
    show: (bars, total) => {
      const line = barsInLine(bars, total);
      if (line !== last) print(line);
      last = line;
    },
    end: () => undefined,
  };
};

/** Bars that are replaced. @param width of the terminal */
export const progressBars = (view: LiveView, width: number): LiveProgress => ({
  show: (bars, total) => view.update(barLines(bars, total, width), barsInLine(bars, total)),
  end: view.end,
});
