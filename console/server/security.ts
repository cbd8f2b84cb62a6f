import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * Who may use the console: whoever has the token of this start. The page sends it as `Authorization: Bearer`, never as
 * a cookie: browsers send the cookies of 127.0.0.1 to every port of it (RFC 6265, section 8.5), so to any other server
 * of the computer, and SameSite does not tell ports apart. A header that only the page's own script can add also means
 * that no other site can make a browser do anything here.
 */

/**
 * No script, style, font, frame or connection but the page's own, and no string that becomes markup or code:
 * https://www.w3.org/TR/CSP3/, https://www.w3.org/TR/trusted-types/
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Of every answer. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

/** Why a request is refused. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
}

const isSame = (given: string, token: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
};

/**
 * A name that leads to 127.0.0.1 is no name of this server (DNS rebinding), and another origin has no business here.
 * @param port where the server listens
 */
export const refusalOfSender = (
  { headers: { host = '', origin } }: Pick<IncomingMessage, 'headers'>,
  port: number,
): Refusal | undefined => {
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`)
    return { status: 421, message: `This server is http://127.0.0.1:${port}, not ${JSON.stringify(host)}.` };
  if (origin !== undefined && origin !== `http://${host}`)
    return { status: 403, message: `Requests of ${JSON.stringify(origin)} are refused.` };
  return undefined;
};

/** Everything but the page's own files needs the token. */
export const refusalOfToken = (
  { headers: { authorization = '' } }: Pick<IncomingMessage, 'headers'>,
  token: string,
): Refusal | undefined =>
  isSame(authorization, `Bearer ${token}`)
    ? undefined
    : { status: 401, message: 'The token is missing or of another start: open the address that the command printed.' };
