import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto';

/** Signs certificates that differ from each other in the serial number and the public key only. */
export interface CertificatePattern {
  /** @param publicKey SubjectPublicKeyInfo in DER @returns a certificate in DER */
  sign(publicKey: Buffer): Buffer;
}

const SEQUENCE = 0x30;
const BIT_STRING = 0x03;

/** A value in DER (X.690, 8.1): tag, length, contents. */
const derOf = (tag: number, ...contents: readonly Buffer[]): Buffer => {
  const value = Buffer.concat(contents);
  const long = Buffer.from(value.length.toString(16).padStart(value.length < 256 ? 2 : 4, '0'), 'hex');
  const length = value.length < 128 ? long : Buffer.concat([Buffer.from([0x80 | long.length]), long]);
  return Buffer.concat([Buffer.from([tag]), length, value]);
};

/** The value in DER that starts at an offset: where its contents start and end. */
const derAt = (der: Buffer, offset: number): { readonly start: number; readonly end: number } => {
  const first = der.readUInt8(offset + 1);
  if (first < 0x80) return { start: offset + 2, end: offset + 2 + first };
  const start = offset + 2 + (first & 0x7f);
  return { start, end: start + der.readUIntBE(offset + 2, first & 0x7f) };
};

/**
 * A library takes 7 ms to build one certificate; to write another serial number and key into its bytes takes a thirtieth.
 * @param pattern a certificate in DER, signed with ECDSA and SHA-256 (RFC 5280, 4.1: tbsCertificate, algorithm, signature)
 * @param publicKey its key: SubjectPublicKeyInfo in DER, as long as those to be signed
 * @param caKey the private key of the authority that issued it
 */
export const certificatePattern = (pattern: Buffer, publicKey: Buffer, caKey: KeyObject): CertificatePattern => {
  const { start } = derAt(pattern, 0);
  const tbsEnd = derAt(pattern, start).end;
  const tbs = pattern.subarray(start, tbsEnd);
  const algorithm = pattern.subarray(tbsEnd, derAt(pattern, tbsEnd).end);
  // A TBSCertificate starts with the version and the serial number.
  const version = derAt(tbs, derAt(tbs, 0).start);
  const serial = derAt(tbs, version.end);
  const keyPlace = tbs.indexOf(publicKey);
  if (keyPlace < 0) throw new Error('The pattern is not a certificate of the key that was given with it.');
  return {
    sign: (key) => {
      if (key.length !== publicKey.length)
        throw new Error(`The key has ${key.length} bytes, and the pattern's ${publicKey.length}.`);
      const signed = Buffer.from(tbs);
      randomBytes(serial.end - serial.start).copy(signed, serial.start);
      // Positive, and no byte longer than it must be (RFC 5280, 4.1.2.2).
      signed.writeUInt8((signed.readUInt8(serial.start) & 0x3f) | 0x40, serial.start);
      key.copy(signed, keyPlace);
      const signature = sign('sha256', signed, caKey);
      return derOf(SEQUENCE, signed, algorithm, derOf(BIT_STRING, Buffer.from([0]), signature));
    },
  };
};

/** The id that AWS IoT gives a certificate: SHA-256 of its DER bytes, in hex. */
export const certificateIdOf = (der: Buffer): string => createHash('sha256').update(der).digest('hex');
