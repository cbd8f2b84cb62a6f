import { createHash } from 'node:crypto';
import { generate } from 'selfsigned';
import { createMemoryStore, type Store } from '../../store/store';
import { createIssuer } from './issuer';

/** A certificate with its keys; everything PEM. */
export interface IssuedCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
  /** SHA-256 of the certificate's DER form in hex: the id that AWS IoT gives a certificate. */
  readonly certificateId: string;
}

/** The certificate authority of one local deployment. */
export interface LocalCa {
  readonly caCertificatePem: string;
  /** Certificate of the broker's TLS listener, for `localhost` and 127.0.0.1. */
  readonly server: { readonly cert: string; readonly key: string };
  /** Issues a client certificate. The key is EC P-256: an RSA key, as AWS creates, would take 50 to 100 ms per device. */
  issue(commonName: string): Promise<IssuedCertificate>;
  /** Ends the thread that issues. */
  close(): Promise<void>;
}

const KEYS = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;
const YEARS = 10;

const validity = () => {
  // Valid from an hour ago, because the clocks of containers and their hosts differ.
  const notBeforeDate = new Date(Date.now() - 3_600_000);
  const notAfterDate = new Date(notBeforeDate);
  notAfterDate.setFullYear(notAfterDate.getFullYear() + YEARS);
  return { notBeforeDate, notAfterDate };
};

/** These characters have a meaning in a distinguished name (RFC 4514). */
const subject = (commonName: string) => [
  { name: 'commonName', value: commonName.replace(/[,+"\\<>;=#]/g, (character) => `\\${character}`) },
];

/** The id that AWS IoT gives a certificate: SHA-256 of its DER bytes, in hex. */
export const certificateIdOf = (der: Buffer): string => createHash('sha256').update(der).digest('hex');

interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

interface SavedCa {
  readonly ca: KeyPair;
  readonly server: KeyPair;
}

const createKeys = async (): Promise<SavedCa> => {
  const authority = await generate(subject('IoT local mode CA'), {
    ...KEYS,
    ...validity(),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const ca = { cert: authority.cert, key: authority.private };
  const server = await generate(subject('localhost'), {
    ...KEYS,
    ...validity(),
    ca,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { ca, server: { cert: server.cert, key: server.private } };
};

const THE_CA = 'ca';

/** The certificate authority that was saved, or a new one. */
export const createLocalCa = async (store: Store = createMemoryStore()): Promise<LocalCa> => {
  const kept = store.collection<SavedCa>('mqtt-ca', (): SavedCa => keys);
  const saved = kept.saved.get(THE_CA);
  const keys = saved ?? (await createKeys());
  if (!saved) kept.changed(THE_CA);
  const { ca, server } = keys;
  const issuer = createIssuer({ ca, keys: KEYS });
  return {
    caCertificatePem: ca.cert,
    server,
    issue: async (commonName) => {
      const { notBeforeDate, notAfterDate } = validity();
      const { cert, key, publicKey } = await issuer.issue({
        ...{ subject: subject(commonName), notBefore: notBeforeDate.getTime(), notAfter: notAfterDate.getTime() },
      });
      return {
        ...{ certificatePem: cert, privateKeyPem: key, publicKeyPem: publicKey },
        certificateId: certificateIdOf(Buffer.from(cert.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64')),
      };
    },
    close: issuer.close,
  };
};
