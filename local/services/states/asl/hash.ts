import { createHash } from 'node:crypto';

const ALGORITHMS: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** The hash of a text in hexadecimal, as States.Hash and $hash give it; undefined for an unknown algorithm. */
export const hashOf = (text: string, algorithm: string): string | undefined => {
  const name = ALGORITHMS[algorithm];
  return name === undefined ? undefined : createHash(name).update(text).digest('hex');
};

export const HASH_ALGORITHMS = Object.keys(ALGORITHMS).join(', ');
