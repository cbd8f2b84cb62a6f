import { isEndpointId } from '../proto/endpoint-ids';
import { UsageError } from '../simulator/usage-error';

/** A whole number from min to max. @throws UsageError */
export const wholeNumber = (name: string, value: string, min: number, max: number): number => {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < min || number > max)
    throw new UsageError(`--${name} ${value}: give a whole number from ${min} to ${max}.`);
  return number;
};

/** A number. @param hint which ones are allowed @throws UsageError */
export const number = (name: string, value: string, isAllowed: (n: number) => boolean, hint: string): number => {
  if (value.trim() === '' || !Number.isFinite(Number(value)) || !isAllowed(Number(value)))
    throw new UsageError(`--${name} ${value}: give ${hint}.`);
  return Number(value);
};

/** A number above 0. @throws UsageError */
export const positiveNumber = (name: string, value: string): number =>
  number(name, value, (n) => n > 0, 'a number above 0, such as 0.1');

/** Seconds of a delay, up to a day. @throws UsageError */
export const seconds = (name: string, value: string | undefined) =>
  value === undefined
    ? undefined
    : number(name, value, (n) => n >= 0 && n <= 86_400, 'seconds from 0 to 86400, such as 2.5');

/** Text of a form. @param hint the form in words @throws UsageError */
export const pattern = (name: string, value: string, allowed: RegExp, hint: string): string => {
  if (!allowed.test(value)) throw new UsageError(`--${name} "${value}": give ${hint}.`);
  return value;
};

/** A URL. @param protocols with colon, such as `http:` @throws UsageError */
export const url = (name: string, value: string | undefined, protocols: readonly string[]): string | undefined => {
  if (value === undefined) return undefined;
  if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol))
    throw new UsageError(
      `--${name} ${value}: give a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}.`,
    );
  return value;
};

/** A USP endpoint id. @param example one @throws UsageError */
export const endpointId = (name: string, value: string, example: string): string => {
  if (!isEndpointId(value)) throw new UsageError(`--${name} ${value}: give a USP endpoint id such as ${example}.`);
  return value;
};
