type Rows = readonly (readonly string[])[];

/** Of the widest cell of each column. */
const widthsOf = (rows: Rows): readonly number[] =>
  (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));

/** Names to the left, numbers to the right. */
const padded = (row: readonly string[], widths: readonly number[]): readonly string[] =>
  row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)));

/** Titles and rows as lines of text. */
export const textTable = (rows: Rows): string => {
  const widths = widthsOf(rows);
  return rows.map((row) => padded(row, widths).join('  ')).join('\n');
};

/** The same for Markdown, as the formatter writes it; what is indented stays so. */
export const markdownTable = (rows: Rows): string => {
  const cells = rows.map((row) => row.map((cell) => cell.replace(/^ {2}/, '&nbsp;&nbsp;')));
  // A rule has at least three characters.
  const widths = widthsOf(cells).map((width) => Math.max(3, width));
  const line = (row: readonly string[]) => `| ${row.join(' | ')} |`;
  const [titles = '', ...rest] = cells.map((row) => line(padded(row, widths)));
  const rules = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [titles, line(rules), ...rest].join('\n');
};
