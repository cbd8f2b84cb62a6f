import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { Live } from '../use-live';

/** A part of a page with a heading. */
export const Section = ({
  title,
  aside,
  className,
  children,
}: {
  readonly title: string;
  readonly aside?: ComponentChildren;
  readonly className?: string;
  readonly children: ComponentChildren;
}) => {
  const id = useId();
  return (
    <section class={className} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {aside !== undefined && <div class="aside">{aside}</div>}
      </header>
      {children}
    </section>
  );
};

/** What is loaded, or that it is being loaded, or why it cannot be. A value stays on the page when a later load fails. */
export const Loaded = <T,>({
  live: { value, error },
  children,
}: {
  readonly live: Live<T>;
  readonly children: (value: T) => ComponentChildren;
}) => (
  <>
    {error !== undefined && (
      <p class="problem" role="alert">
        {error}
      </p>
    )}
    {value !== undefined ? children(value) : error === undefined && <p class="quiet">Loading …</p>}
  </>
);
