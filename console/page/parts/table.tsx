import type { ComponentChildren } from 'preact';

export interface TableColumn {
  /** Empty for one that says nothing to those who do not see it. */
  readonly title: string;
  /** Of its cells, too: `number`, `wide`. */
  readonly className?: string;
}

const headOf = (column: string | TableColumn) => {
  const { title, className }: TableColumn = typeof column === 'string' ? { title: column } : column;
  if (title === '') return <td key={title} class={className} />;
  return (
    <th key={title} scope="col" class={className}>
      {title}
    </th>
  );
};

/** A table with its column heads; the rows are elements. */
export const Table = ({
  columns,
  className,
  children,
}: {
  readonly columns: readonly (string | TableColumn)[];
  readonly className?: string;
  readonly children: ComponentChildren;
}) => (
  <table class={className}>
    <thead>
      <tr>{columns.map(headOf)}</tr>
    </thead>
    <tbody>{children}</tbody>
  </table>
);
