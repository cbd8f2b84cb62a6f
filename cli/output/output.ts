import { createColors } from 'picocolors';
import { createLiveView, type LiveView } from './live';
import { printable, printableJson } from './printable';
import { type Column, tableLines } from './table';

export type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** All that a command prints: unprintable characters are replaced here, before colours are added. */
export interface Output {
  /** Of the terminal; 80 without one. */
  readonly width: number;
  readonly isTerminal: boolean;
  line(text?: string, colour?: Colour): void;
  /** @param colourOf of a cell, by its text */
  table(
    columns: readonly Column[],
    rows: readonly (readonly string[])[],
    colourOf?: (text: string) => Colour | undefined,
  ): void;
  json(value: unknown): void;
  live(): LiveView;
}

interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const DEFAULT_WIDTH = 80;

/** No colours without a terminal or with NO_COLOR: https://no-color.org */
const hasColours = (isTerminal: boolean, { NO_COLOR = '', TERM }: Readonly<Record<string, string | undefined>>) =>
  isTerminal && NO_COLOR === '' && TERM !== 'dumb';

export const createOutput = (stream: OutputStream, env: Readonly<Record<string, string | undefined>>): Output => {
  const isTerminal = stream.isTTY ?? false;
  const colours = createColors(hasColours(isTerminal, env));
  const width = stream.columns || Number(env['COLUMNS']) || DEFAULT_WIDTH;
  const write = (line: string) => void stream.write(`${line}\n`);
  return {
    ...{ width, isTerminal },
    line: (text = '', colour) => write(colour ? colours[colour](printable(text)) : printable(text)),
    table: (columns, rows, colourOf) => {
      const lines = tableLines(columns, rows, width, (text, _column, row) => {
        const colour = row === -1 ? 'bold' : colourOf?.(text.trim());
        return colour ? colours[colour](text) : text;
      });
      for (const line of lines) write(line);
    },
    json: (value) => write(printableJson(value)),
    live: () => createLiveView(stream, isTerminal),
  };
};
