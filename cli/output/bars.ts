import { cutTo } from './table';

export interface Bar {
  readonly label: string;
  readonly count: number;
}

const LABEL = 16;
const WIDEST = 40;

/** One bar per line, in proportion to a total. @param width of the terminal */
export const barLines = (bars: readonly Bar[], total: number, width: number): readonly string[] => {
  const digits = String(Math.max(total, ...bars.map(({ count }) => count))).length;
  const room = Math.max(5, Math.min(WIDEST, width - LABEL - digits - 3));
  return bars.map(({ label, count }) => {
    const share = total === 0 ? 0 : Math.min(1, count / total);
    // What is there is seen, and only what is complete is full.
    const filled = count === 0 ? 0 : Math.max(1, share < 1 ? Math.min(room - 1, Math.round(share * room)) : room);
    const bar = '█'.repeat(filled) + '░'.repeat(room - filled);
    return `${cutTo(label, LABEL).padEnd(LABEL)} ${bar} ${String(count).padStart(digits)}`;
  });
};

/** The same in one line. */
export const barsInLine = (bars: readonly Bar[], total: number): string =>
  `${bars.map(({ label, count }) => `${label} ${count}`).join('  ')}  of ${total}`;
