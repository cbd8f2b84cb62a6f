const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

interface CronField {
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
  /** What else an item of the list may be. */
  readonly special?: RegExp;
}

/** Minutes, hours, day of month, month, day of week, year. */
const FIELDS: readonly CronField[] = [
  { least: 0, most: 59 },
  { least: 0, most: 23 },
  { least: 1, most: 31, special: /^(L|LW|([1-9]|[12]\d|3[01])W)$/ },
  { least: 1, most: 12, names: MONTHS },
  { least: 1, most: 7, names: DAYS, special: /^(L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$/ },
  { least: 1970, most: 2199 },
];

const isItem = (item: string, { least, most, names = [], special }: CronField): boolean => {
  if (special?.test(item)) return true;
  const [, from = '', to, step] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(item) ?? [];
  const isValue = (value: string) => {
    const number = names.includes(value) ? names.indexOf(value) + least : /^\d{1,4}$/.test(value) ? Number(value) : NaN;
    return number >= least && number <= most;
  };
  if (step !== undefined && Number(step) < 1) return false;
  return from === '*' ? to === undefined : isValue(from) && (to === undefined || isValue(to));
};

/**
 * Whether a text is a schedule expression such as `cron(0 2 ? * SUN *)`, in UTC, where the day of the month or the day of the
 * week is `?`: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export const isCron = (text: string): boolean => {
  const parts = /^cron\((\S+(?: \S+){5})\)$/.exec(text)?.[1]?.split(' ') ?? [];
  const [, , dayOfMonth, , dayOfWeek] = parts;
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) return false;
  return FIELDS.every((field, index) => {
    const part = parts[index] ?? '';
    if (part === '?') return index === 2 || index === 4;
    return part.split(',').every((item) => isItem(item, field));
  });
};
