import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from '../core/aws-error';

/** `localhost`, names below it (RFC 6761, section 6.3) and the addresses themselves, with or without a port. */
const LOOPBACK = /^(?:(.+)\.)?localhost(?::\d+)?$|^(?:127\.0\.0\.1|\[::1\])(?::\d+)?$/i;

const isLoopbackOrigin = (origin: string): boolean =>
  /^https?:\/\//.test(origin) && URL.canParse(origin) && LOOPBACK.test(new URL(origin).host);

const refused = (problem: string) =>
  new AwsError(
    'AccessDeniedException',
    `${problem}: the embedded AWS answers only this machine. Use http://127.0.0.1 or http://localhost with its port as the endpoint.`,
    403,
  );

/**
 * A web page must not reach the embedded AWS: not under a name of its own that resolves to 127.0.0.1 (DNS rebinding),
 * and not by a request to another site.
 * @throws AwsError AccessDeniedException (403) naming the host or the origin
 */
export const assertLoopback = ({ host = '', origin }: IncomingHttpHeaders): void => {
  if (!LOOPBACK.test(host)) throw refused(`The header Host is "${host}"`);
  if (origin !== undefined && !isLoopbackOrigin(origin)) throw refused(`The header Origin is "${origin}"`);
};

/** What stands before `.localhost` in the header Host, if anything does. */
export const subdomainOf = ({ host = '' }: IncomingHttpHeaders): string | undefined => LOOPBACK.exec(host)?.[1];
