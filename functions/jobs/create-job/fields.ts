import * as v from 'valibot';

/** An object with these fields and no others. What is wrong with it is said in words that follow its name. */
export const fields = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.strictObject(entries, ({ expected }) =>
    expected === 'never' ? `is not a field of it (it has ${Object.keys(entries).join(', ')})` : 'must be an object',
  );

export const text = v.string('must be text');

export const matching = (pattern: RegExp, message: string) => v.pipe(text, v.regex(pattern, message));

export const wholeNumber = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  v.pipe(
    v.number('must be a number'),
    v.integer('must be whole'),
    v.minValue(least, `must be at least ${least}`),
    v.maxValue(most, `must be at most ${most}`),
  );

/** A number with at most this many digits after the decimal point. */
export const decimal = (least: number, most: number, digits: number) =>
  v.pipe(
    v.number('must be a number'),
    v.minValue(least, `must be at least ${least}`),
    v.maxValue(most, `must be at most ${most}`),
    v.check(
      (value) => Number(value.toFixed(digits)) === value,
      `must have at most ${digits} digit${digits === 1 ? '' : 's'} after the decimal point`,
    ),
  );

export const oneOf = <const Options extends readonly string[]>(...options: Options) =>
  v.picklist(options, `must be ${options.slice(0, -1).join(', ')}${options.length > 1 ? ' or ' : ''}${options.at(-1)}`);

export const distinct = <Item>(items: readonly Item[], by: (item: Item) => unknown = (item) => item): boolean =>
  new Set(items.map(by)).size === items.length;
