import { printable } from './printable';

export interface Column {
  readonly title: string;
  /** Numbers are aligned to the right. */
  readonly right?: true;
  /** Names that people copy are never cut. */
  readonly whole?: true;
}

/** Between columns. */
const GAP = '  ';
/** A column that is cut keeps this many characters. */
const NARROWEST = 6;

const segmenter = new Intl.Segmenter('en');
const charactersOf = (text: string): readonly string[] => Array.from(segmenter.segment(text), ({ segment }) => segment);
const lengthOf = (text: string) => charactersOf(text).length;

/** At most `width` characters; what is cut ends in an ellipsis. */
export const cutTo = (text: string, width: number): string =>
  lengthOf(text) <= width
    ? text
    : `${charactersOf(text)
        .slice(0, Math.max(0, width - 1))
        .join('')}…`;

/** Takes from the widest column that may be cut, until all fit. */
const widthsFor = (columns: readonly Column[], natural: readonly number[], available: number): readonly number[] => {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1) - available;
  while (excess > 0) {
    const widest = Math.max(...widths.filter((_, column) => !columns[column]?.whole));
    if (widest <= NARROWEST) break;
    widths[widths.findIndex((width, column) => width === widest && !columns[column]?.whole)] = widest - 1;
    excess -= 1;
  }
  return widths;
};

/**
 * A table that is not wider than the terminal, with unprintable characters replaced.
 * @param style colours a cell: it gets the padded text, the column and the row; the titles are row -1
 */
export const tableLines = (
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
  style: (text: string, column: number, row: number) => string = (text) => text,
): readonly string[] => {
  const cells = [columns.map(({ title }) => title), ...rows].map((row) => row.map(printable));
  const natural = columns.map((_, column) => Math.max(...cells.map((row) => lengthOf(row[column] ?? ''))));
  const widths = widthsFor(columns, natural, width);
  return cells.map((row, index) =>
    columns
      .map(({ right }, column) => {
        const text = cutTo(row[column] ?? '', widths[column] ?? 0);
        const padding = ' '.repeat(Math.max(0, (widths[column] ?? 0) - lengthOf(text)));
        const isLast = column === columns.length - 1;
        return style(right ? padding + text : isLast ? text : text + padding, column, index - 1);
      })
      .join(GAP)
      .trimEnd(),
  );
};
