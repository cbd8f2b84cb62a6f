import { invalidRequest } from '../errors';

const DAY_MS = 86_400_000;
const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const DAYS = 'SUN MON TUE WED THU FRI SAT'.split(' ');
/** No expression in use skips more days: 29 February is the rarest. */
const MAX_DAYS = 8 * 366;

/** A day in UTC, as a field of the expression sees it. */
interface Day {
  readonly dayOfMonth: number;
  readonly lastOfMonth: number;
  /** 1 is Sunday. */
  readonly dayOfWeek: number;
}
type Test = (value: number, day: Day) => boolean;

/** `5`, `MON`, `1-5`, `*`, `0/15` and their lists. */
const parseField = (text: string, least: number, most: number, names: readonly string[] = []): Test => {
  const numberOf = (value: string): number => {
    const number = names.includes(value) ? names.indexOf(value) + least : Number(value);
    if (!Number.isInteger(number) || number < least || number > most)
      throw invalidRequest(`"${value}" is not valid in a cron expression: it must be between ${least} and ${most}.`);
    return number;
  };
  const tests = text.split(',').map((item): Test => {
    const [range = '', step] = item.split('/');
    const [from = '', to] = range.split('-');
    const first = from === '*' ? least : numberOf(from);
    const last = to !== undefined ? numberOf(to) : from === '*' || step !== undefined ? most : first;
    const every = step === undefined ? 1 : Number(step);
    if (!Number.isInteger(every) || every < 1) throw invalidRequest(`"${item}" is not valid in a cron expression.`);
    return (value) => value >= first && value <= last && (value - first) % every === 0;
  });
  return (value, day) => tests.some((test) => test(value, day));
};

const parseDayOfMonth = (text: string): Test => {
  if (text === '?') return () => true;
  if (text === 'L') return (value, { lastOfMonth }) => value === lastOfMonth;
  return parseField(text, 1, 31);
};

/** Besides the usual: `L` (Saturday), `6L` (the last Friday of the month), `3#2` (its second Tuesday). */
const parseDayOfWeek = (text: string): Test => {
  if (text === '?') return () => true;
  if (text === 'L') return (value) => value === 7;
  const [, name = '', nth] = /^(\w+?)(L|#[1-5])$/.exec(text) ?? [];
  if (nth === undefined) return parseField(text, 1, 7, DAYS);
  const isDay = parseField(name, 1, 7, DAYS);
  return (value, day) =>
    isDay(value, day) &&
    (nth === 'L' ? day.dayOfMonth + 7 > day.lastOfMonth : Math.ceil(day.dayOfMonth / 7) === Number(nth.slice(1)));
};

/** When a schedule begins next. */
export interface Cron {
  /** Milliseconds since the epoch, after the given time; undefined when it never begins again. */
  next(after: number): number | undefined;
}

const minuteOfDay = (from: number, isHour: Test, isMinute: Test, day: Day): number | undefined => {
  for (let minute = from; minute < 1_440; minute += 1)
    if (isHour(Math.floor(minute / 60), day) && isMinute(minute % 60, day)) return minute;
  return undefined;
};

/**
 * Parses `cron(minutes hours day-of-month month day-of-week year)`, in UTC
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html), without `W`.
 * @throws AwsError InvalidRequestException
 */
export const parseCron = (text: string): Cron => {
  const parts = /^cron\((.+)\)$/.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
  const [minutes = '', hours = '', daysOfMonth = '', months = '', daysOfWeek = '', years = ''] = parts;
  if (parts.length !== 6 || (daysOfMonth === '?') === (daysOfWeek === '?'))
    throw invalidRequest(
      `"${text}" is not a cron expression: it has six fields, one of day-of-month and day-of-week is ?, as in cron(0 2 ? * SUN *).`,
    );
  const isMinute = parseField(minutes, 0, 59);
  const isHour = parseField(hours, 0, 23);
  const isDayOfMonth = parseDayOfMonth(daysOfMonth);
  const isMonth = parseField(months, 1, 12, MONTHS);
  const isDayOfWeek = parseDayOfWeek(daysOfWeek);
  const isYear = parseField(years, 1970, 2199);

  return {
    next: (after) => {
      const first = Math.floor(after / 60_000) + 1;
      const firstDay = Math.floor((first * 60_000) / DAY_MS);
      for (let number = firstDay; number < firstDay + MAX_DAYS; number += 1) {
        const date = new Date(number * DAY_MS);
        const [year, month, dayOfMonth] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
        const lastOfMonth = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
        const day: Day = { dayOfMonth, lastOfMonth, dayOfWeek: date.getUTCDay() + 1 };
        if (!isYear(year, day) || !isMonth(month + 1, day)) continue;
        if (!isDayOfMonth(dayOfMonth, day) || !isDayOfWeek(day.dayOfWeek, day)) continue;
        const from = number === firstDay ? first - number * 1_440 : 0;
        const minute = minuteOfDay(from, isHour, isMinute, day);
        if (minute !== undefined) return number * DAY_MS + minute * 60_000;
      }
      return undefined;
    },
  };
};
