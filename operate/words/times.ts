const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** The two largest units of a span. @example 2 h 5 min @param milliseconds of any sign */
export const span = (milliseconds: number): string => {
  let rest = Math.round(Math.abs(milliseconds) / 1000) * 1000;
  const first = UNITS.findIndex(([, length]) => rest >= length);
  if (first === -1) return '0 s';
  const parts: string[] = [];
  for (const [unit, length] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.join(' ');
};

/** In UTC, to the second. @param at milliseconds since the epoch @example 2026-11-25 21:16:50 UTC */
export const utc = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** @example 2026-11-25 21:16:50 UTC (3 min ago) */
export const utcAndAgo = (at: number, now: number): string =>
  `${utc(at)} (${at > now ? `in ${span(at - now)}` : `${span(now - at)} ago`})`;
