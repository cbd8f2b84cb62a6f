import { numberText, percent, plural } from './text';

/** A sign and a word: colour alone says nothing. */
const STATUSES: Readonly<Record<string, { readonly sign: string; readonly word: string; readonly tone: string }>> = {
  QUEUED: { sign: '◷', word: 'queued', tone: 'idle' },
  SCHEDULED: { sign: '◷', word: 'scheduled', tone: 'idle' },
  IN_PROGRESS: { sign: '▶', word: 'in progress', tone: 'busy' },
  RUNNING: { sign: '▶', word: 'running', tone: 'busy' },
  SUCCEEDED: { sign: '✓', word: 'succeeded', tone: 'good' },
  COMPLETED: { sign: '✓', word: 'completed', tone: 'good' },
  FAILED: { sign: '✕', word: 'failed', tone: 'bad' },
  TIMED_OUT: { sign: '✕', word: 'timed out', tone: 'bad' },
  REJECTED: { sign: '✕', word: 'rejected', tone: 'bad' },
  CANCELED: { sign: '■', word: 'cancelled', tone: 'off' },
  ABORTED: { sign: '■', word: 'stopped', tone: 'off' },
  REMOVED: { sign: '■', word: 'removed', tone: 'off' },
  DELETION_IN_PROGRESS: { sign: '■', word: 'being deleted', tone: 'off' },
};
const statusOf = (status: string) => STATUSES[status] ?? { sign: '?', word: status.toLowerCase(), tone: 'idle' };

export const Status = ({ status }: { readonly status: string }) => {
  const { sign, word, tone } = statusOf(status);
  return (
    <span class={`status ${tone}`}>
      <span aria-hidden="true">{sign}</span> {word}
    </span>
  );
};

/** The order of a bar: what is over first. */
const IN_BAR = [
  'SUCCEEDED',
  'FAILED',
  'TIMED_OUT',
  'REJECTED',
  'CANCELED',
  'REMOVED',
  'IN_PROGRESS',
  'QUEUED',
] as const;

export type CountsByStatus = Readonly<Partial<Record<string, number>>>;

const partsOf = (counts: CountsByStatus) =>
  IN_BAR.map((status) => ({ status, count: counts[status] ?? 0 })).filter(({ count }) => count > 0);

/** How far a roll-out is, by the statuses of its devices. */
export const ProgressBar = ({ counts, label }: { readonly counts: CountsByStatus; readonly label: string }) => {
  const parts = partsOf(counts);
  const all = parts.reduce((sum, { count }) => sum + count, 0);
  const said = parts.map(({ status, count }) => `${numberText(count)} ${statusOf(status).word}`).join(', ');
  return (
    <div class="bar" role="img" aria-label={`${label}: ${said || 'no device yet'}`}>
      {parts.map(({ status, count }) => (
        <div key={status} class={statusOf(status).tone} style={{ width: `${(100 * count) / all}%` }} />
      ))}
    </div>
  );
};

/** The numbers of a bar. */
export const Counts = ({ counts }: { readonly counts: CountsByStatus }) => {
  const parts = partsOf(counts);
  const all = parts.reduce((sum, { count }) => sum + count, 0);
  if (all === 0) return <p class="quiet">No device has the job yet.</p>;
  return (
    <ul class="counts">
      <li>{plural(all, 'device')}</li>
      {parts.map(({ status, count }) => (
        <li key={status}>
          <Status status={status} /> <strong>{numberText(count)}</strong> <small>{percent(count, all)}</small>
        </li>
      ))}
    </ul>
  );
};
