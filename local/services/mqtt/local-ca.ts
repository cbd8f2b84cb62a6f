import { createPrivateKey, createPublicKey, generateKeyPair, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import { generate } from 'selfsigned';
import { createMemoryStore, type Store } from '../../store/store';
import { type CertificatePattern, certificateIdOf, certificatePattern } from './certificate-pattern';

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

const createKeyPair = promisify(generateKeyPair);

const EC_KEYS = {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
} as const;

const pem = (label: string, der: Buffer): string =>
  `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;

/** What all client certificates with a common name have in common. */
const patternFor = async (commonName: string, ca: KeyPair): Promise<CertificatePattern> => {
  const issued = await generate(subject(commonName), {
    ...KEYS,
    ...validity(),
    ca,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', clientAuth: true },
    ],
  });
  const { raw } = new X509Certificate(issued.cert);
  const publicKey = createPublicKey(issued.public).export({ type: 'spki', format: 'der' });
  return certificatePattern(raw, publicKey, createPrivateKey(ca.key));
};

const THE_CA = 'ca';

/** The certificate authority that was saved, or a new one. */
export const createLocalCa = async (store: Store = createMemoryStore()): Promise<LocalCa> => {
  const kept = store.collection<SavedCa>('mqtt-ca', (): SavedCa => keys);
  const saved = kept.saved.get(THE_CA);
  const keys = saved ?? (await createKeys());
  if (!saved) kept.changed(THE_CA);
  const { ca, server } = keys;
  // AWS IoT, and so the registry, gives all certificates the same name.
  let latest: { readonly commonName: string; readonly pattern: Promise<CertificatePattern> } | undefined;
  return {
    caCertificatePem: ca.cert,
    server,
    issue: async (commonName) => {
      if (latest?.commonName !== commonName) latest = { commonName, pattern: patternFor(commonName, ca) };
      const pattern = await latest.pattern;
      const { publicKey, privateKey } = await createKeyPair('ec', EC_KEYS);
      const certificate = pattern.sign(publicKey);
      return {
        certificatePem: pem('CERTIFICATE', certificate),
        privateKeyPem: privateKey,
        publicKeyPem: pem('PUBLIC KEY', publicKey),
        certificateId: certificateIdOf(certificate),
      };
    },
  };
};
