import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';

/** What a device needs to log in to the server that its firmware comes from. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Reads the credentials in a secret. @throws Error naming the secret, never its content */
export type CredentialsIn = (secret: string) => Promise<Credentials>;

const secretSchema = v.object({ username: v.string(), password: v.string() });

/** Credentials change seldom, devices come by the thousand: one call serves them all for a while. */
const KEEP_MS = 5 * 60_000;

const parse = (secret: string, text: string | undefined): Credentials => {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    value = undefined;
  }
  const parsed = v.safeParse(secretSchema, value);
  if (parsed.success) return parsed.output;
  throw new Error(`Secret ${secret} must hold JSON like {"username":"…","password":"…"}.`);
};

/** Credentials from AWS Secrets Manager, remembered for five minutes. @param now milliseconds since the epoch */
export const secretsManagerCredentials = (secrets: SecretsManagerClient, now: () => number): CredentialsIn => {
  const known = new Map<string, { readonly credentials: Credentials; readonly until: number }>();
  return async (secret) => {
    const remembered = known.get(secret);
    if (remembered && remembered.until > now()) return remembered.credentials;
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secret }));
    const credentials = parse(secret, SecretString);
    known.set(secret, { credentials, until: now() + KEEP_MS });
    return credentials;
  };
};
