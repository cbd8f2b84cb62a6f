/** Titles and rows as lines of text: names to the left, numbers to the right. */
export const textTable = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n');
};

/** The same for Markdown; what is indented stays so. */
export const markdownTable = (rows: readonly (readonly string[])[]): string => {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const [titles = [], ...rest] = rows.map((row) => row.map((cell) => cell.replace(/^ {2}/, '&nbsp;&nbsp;')));
  return [line(titles), line(titles.map((_, column) => (column === 0 ? '---' : '--:'))), ...rest.map(line)].join('\n');
};
