import { href } from '../router';

/** To the next part of a list, and back to its beginning: lists of AWS go forward only. */
export const Pager = ({
  path,
  query,
  after,
  next,
}: {
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly after: string | undefined;
  readonly next: string | undefined;
}) =>
  after === undefined && next === undefined ? null : (
    <nav class="pager" aria-label="Pages">
      {after !== undefined && <a href={href(path, query)}>First page</a>}
      {next !== undefined && <a href={href(path, { ...query, after: next })}>Next page</a>}
    </nav>
  );
