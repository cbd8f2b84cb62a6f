import { useEffect, useState } from 'preact/hooks';

/** The part of the address behind the #: where in the console, and what of it. */
export interface Route {
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

/** @example href(['devices', 'a/b'], { job: 'j' }) === '#/devices/a%2Fb?job=j' */
export const href = (path: readonly string[], query: Readonly<Record<string, string | undefined>> = {}): string => {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const text = new URLSearchParams(given).toString();
  return `#/${path.map(encodeURIComponent).join('/')}${text && `?${text}`}`;
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const currentRoute = (): Route => {
  const [path = '', query = ''] = location.hash.slice(1).split(/\?(.*)/s);
  return { path: path.split('/').filter(Boolean).map(decoded), query: new URLSearchParams(query) };
};

export const useRoute = (): Route => {
  const [route, setRoute] = useState(currentRoute);
  useEffect(() => {
    const follow = () => setRoute(currentRoute());
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return route;
};

export const go = (to: string): void => {
  location.hash = to.slice(1);
};
