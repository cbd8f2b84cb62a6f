import { useEffect, useState } from 'preact/hooks';

/**
 * Characters that would change how the text around them reads: control characters, and those that turn the direction of
 * writing (https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters).
 */
const INVISIBLE = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text from devices or people, as text whatever is in it. */
export const Foreign = ({ text }: { readonly text: string }) => <bdi>{text.replace(INVISIBLE, '\ufffd')}</bdi>;

const twoDigits = (value: number) => String(value).padStart(2, '0');

const clockTime = (at: number): string => {
  const date = new Date(at);
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':');
  const day = `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`;
  return new Date().toDateString() === date.toDateString() ? time : `${day} ${time}`;
};

/** @example duration(90_000) === '1 min 30 s' */
export const duration = (milliseconds: number): string => {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days`;
};

/** The date too, when it is not today. @param at milliseconds since the epoch */
export const Time = ({ at }: { readonly at: number }) => (
  <time dateTime={new Date(at).toISOString()} title={new Date(at).toString()}>
    {clockTime(at)}
  </time>
);

const useNow = (everyMs: number): number => {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
};

/** How long something has lasted, second by second. */
export const Since = ({ at }: { readonly at: number }) => <>{duration(useNow(1000) - at)}</>;

export const numberText = (value: number): string => value.toLocaleString('en');

export const percent = (part: number, all: number): string => (all === 0 ? '–' : `${Math.round((100 * part) / all)} %`);

/** @example plural(1, 'device') === '1 device' */
export const plural = (count: number, noun: string): string => `${numberText(count)} ${noun}${count === 1 ? '' : 's'}`;
