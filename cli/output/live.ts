/** What a live view writes to. */
export interface LiveStream {
  write(text: string): unknown;
}

/** Lines that are replaced in a terminal while something goes on; elsewhere a line when something has changed. */
export interface LiveView {
  /** @param lines for a terminal @param line the same in one line */
  update(lines: readonly string[], line: string): void;
  /** A line that stays, above the view. */
  print(line: string): void;
  /** The last state stays. */
  end(): void;
}

/** Up one line, and clear it: https://vt100.net/docs/vt510-rm/CUU.html, https://vt100.net/docs/vt510-rm/EL.html */
const ERASE_LINE = '\u001b[1A\u001b[2K';

export const createLiveView = (stream: LiveStream, isTerminal: boolean): LiveView => {
  let shown: readonly string[] = [];
  let last = '';
  const draw = (lines: readonly string[]) => {
    stream.write([ERASE_LINE.repeat(shown.length), ...lines.map((line) => `${line}\n`)].join(''));
    shown = lines;
  };
  return {
    update: (lines, line) => {
      if (isTerminal) return draw(lines);
      if (line !== last) stream.write(`${line}\n`);
      last = line;
    },
    print: (line) => {
      const lines = shown;
      draw([]);
      stream.write(`${line}\n`);
      if (lines.length > 0) draw(lines);
    },
    end: () => {
      shown = [];
    },
  };
};
