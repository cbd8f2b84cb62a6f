import type { QueueDepth } from '../../operate/queue';
import type { Item, Redriven } from './redrive';

const SAMPLES = 3;
const MOST_REASONS = 20;

/** What tells two occurrences of one cause apart: ids and numbers. */
const VARYING = /[0-9a-f]{8}-[0-9a-f-]{27}|\b(?=[a-f]*\d)[0-9a-f]{8,}\b|\d+/gi;

export interface Group {
  readonly count: number;
  readonly kind: Item['kind'];
  /** Whom the messages are for; empty when that is unknown. */
  readonly recipients: readonly string[];
  /** Of the newest message; others may differ in ids and numbers. */
  readonly cause: string;
  /** ISO 8601. */
  readonly oldest: string;
  readonly newest: string;
}

const grouped = <T>(values: readonly T[], keyOf: (value: T) => string): readonly (readonly T[])[] => {
  const groups = new Map<string, T[]>();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return [...groups.values()].sort((a, b) => b.length - a.length);
};

const byAge = (items: readonly Item[]) => [...items].sort((a, b) => a.sentAt.localeCompare(b.sentAt));

/** Messages with the same kind, recipients and cause; the largest group first. */
export const groupsOf = (items: readonly Item[]): readonly Group[] =>
  grouped(items, ({ kind, recipients, rule, cause }) =>
    JSON.stringify([kind, recipients, rule, cause.replace(VARYING, '…')]),
  ).map((group) => {
    const sorted = byAge(group);
    const [oldest, newest] = [sorted[0], sorted.at(-1)];
    const { kind = 'unknown', recipients = [], cause = '', sentAt = '' } = newest ?? {};
    return { count: group.length, kind, recipients, cause, oldest: oldest?.sentAt ?? '', newest: sentAt };
  });

/** `5 min`, for people. */
const age = (sentAt: string, now: number): string => {
  const seconds = Math.max(0, Math.round((now - Date.parse(sentAt)) / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
};

const clipped = (text: string, width: number) => (text.length > width ? `${text.slice(0, width - 1)}…` : text);
const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim();

const HEADINGS = ['COUNT', 'KIND', 'FOR', 'OLDEST', 'NEWEST', 'CAUSE'] as const;
const LEAST_CAUSE = 24;
/** The other columns with their gaps, at their widest. */
const REST = 38;

/** The last column takes what the terminal has left, at least its heading and some words. */
const tableLines = (groups: readonly Group[], now: number, columns: number): readonly string[] => {
  const mostFor = Math.max(10, Math.min(36, columns - REST - LEAST_CAUSE));
  const rows = groups.map(({ count, kind, recipients, cause, oldest, newest }) => [
    ...[String(count), kind, clipped(recipients.join(', ') || '?', mostFor), age(oldest, now), age(newest, now)],
    oneLine(cause),
  ]);
  const widths = HEADINGS.map((heading, n) => Math.max(heading.length, ...rows.map((row) => row[n]?.length ?? 0)));
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0);
  const last = Math.max(LEAST_CAUSE, columns - before);
  return [HEADINGS, ...rows].map((row) =>
    row
      .map((cell, n) => (n === HEADINGS.length - 1 ? clipped(cell, last) : cell.padEnd((widths[n] ?? 0) + 2)))
      .join('')
      .trimEnd(),
  );
};

const sampleLines = ({ messageId, subject, requestId, cause }: Item): readonly string[] => [
  `  ${messageId} ${oneLine(subject)}${requestId ? ` (request ${requestId})` : ''}`,
  `    ${oneLine(cause)}`,
];

/** The newest message of each of the largest groups. */
const samplesOf = (items: readonly Item[]): readonly Item[] =>
  grouped(items, ({ kind, recipients, cause }) => JSON.stringify([kind, recipients, cause.replace(VARYING, '…')]))
    .slice(0, SAMPLES)
    .flatMap((group) => byAge(group).slice(-1));

const reasonLines = (items: readonly Item[]): readonly string[] => {
  const reasons = grouped(items, ({ problem = '' }) => problem.replace(VARYING, '…'));
  const lines = reasons.slice(0, MOST_REASONS).map((group) => {
    const [first] = group;
    return `  ${group.length} × ${oneLine(first?.problem ?? '')} (message ${first?.messageId ?? ''})`;
  });
  return reasons.length > MOST_REASONS ? [...lines, `  … and ${reasons.length - MOST_REASONS} more reasons`] : lines;
};

const messages = (count: number) =>
  `${count === 0 ? 'no' : count.toLocaleString('en')} ${count === 1 ? 'message' : 'messages'}`;

export interface ReportContext {
  readonly stack: string;
  readonly queueUrl: string;
  readonly queue: string;
  readonly apply: boolean;
  readonly depth: QueueDepth;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Width of the terminal. */
  readonly columns: number;
}

const lastLine = (apply: boolean, stay: number, handedBack: number, problems: number): string => {
  if (apply) return `Handed back ${messages(handedBack)}, ${stay} stay.`;
  return `Nothing was changed.${stay > problems ? ' When the cause is gone, hand them back: add --apply.' : ''}`;
};

/** For people. */
export const reportLines = (context: ReportContext, { items, hidden, interrupted }: Redriven): readonly string[] => {
  const { stack, queue, queueUrl, apply, depth, now, columns } = context;
  const stay = items.filter(({ handedBack }) => !handedBack);
  const problems = stay.filter(({ problem }) => problem !== undefined);
  const lines = [`Found ${messages(items.length)} in ${queue} of stack ${stack} (${queueUrl})`];
  if (items.length > 0) lines.push('', ...tableLines(groupsOf(items), now, columns));
  if (items.length > 0 && !apply)
    lines.push('', 'Newest of the largest groups:', ...samplesOf(items).flatMap(sampleLines));
  if (problems.length > 0)
    lines.push('', apply ? 'Stay in the queue:' : 'Cannot be handed back:', ...reasonLines(problems));
  lines.push('');
  if (depth.inFlight > 0) lines.push(`${messages(depth.inFlight)} more are hidden: somebody else has received them.`);
  if (hidden > 0) lines.push(`${messages(hidden)} stay hidden until their time is over.`);
  if (interrupted) lines.push('Interrupted: the rest was not looked at.');
  return [...lines, lastLine(apply, stay.length, items.length - stay.length, problems.length)];
};

/** For scripts: `--json`. */
export const reportJson = ({ stack, queue, queueUrl, apply, depth }: ReportContext, redriven: Redriven) => ({
  ...{ stack, queue, queueUrl, apply },
  handedBack: redriven.items.filter(({ handedBack }) => handedBack).length,
  stay: redriven.items.filter(({ handedBack }) => !handedBack).length,
  inFlight: depth.inFlight,
  interrupted: redriven.interrupted,
  groups: groupsOf(redriven.items),
  messages: redriven.items,
});
