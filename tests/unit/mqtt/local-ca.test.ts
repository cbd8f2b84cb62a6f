import { createHash, createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { type LocalCa, createLocalCa } from '../../../local/services/mqtt/local-ca';

describe('the local certificate authority', () => {
  let ca: LocalCa;
  beforeAll(async () => {
    ca = await createLocalCa();
  });

  test('issues certificates with its own signature, with the id that AWS would give them', async () => {
    const issued = await ca.issue('sim-1');
    const certificate = new X509Certificate(issued.certificatePem);
    expect(certificate.verify(new X509Certificate(ca.caCertificatePem).publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(issued.privateKeyPem))).toBe(true);
    expect(certificate.publicKey.equals(createPublicKey(issued.publicKeyPem))).toBe(true);
    expect(issued.certificateId).toBe(createHash('sha256').update(certificate.raw).digest('hex'));
    expect(certificate.ca).toBe(false);
  });

  test('accepts any common name unchanged', async () => {
    const issued = await ca.issue('a, b+c="d"#e');
    expect(new X509Certificate(issued.certificatePem).toLegacyObject().subject.CN).toBe('a, b+c="d"#e');
  });

  test('no two certificates are the same', async () => {
    const [one, two] = await Promise.all([ca.issue('sim-1'), ca.issue('sim-1')]);
    expect(one.certificateId).not.toBe(two.certificateId);
  });

  test('each of many certificates with one common name has its own key and serial number', async () => {
    const issued = await Promise.all(Array.from({ length: 300 }, () => ca.issue('AWS IoT Certificate')));
    const authority = new X509Certificate(ca.caCertificatePem);
    const certificates = issued.map(({ certificatePem }) => new X509Certificate(certificatePem));
    for (const [index, certificate] of certificates.entries()) {
      expect(certificate.checkPrivateKey(createPrivateKey(issued[index]?.privateKeyPem ?? ''))).toBe(true);
      expect(certificate.verify(authority.publicKey)).toBe(true);
      expect(certificate.checkIssued(authority)).toBe(true);
      // Serial numbers are positive and at most 20 bytes (RFC 5280, 4.1.2.2); clientAuth is 1.3.6.1.5.5.7.3.2.
      expect(certificate.serialNumber).toMatch(/^[4-7][0-9A-F]{1,38}$/);
      expect(certificate.keyUsage).toStrictEqual(['1.3.6.1.5.5.7.3.2']);
    }
    expect(new Set(certificates.map(({ serialNumber }) => serialNumber)).size).toBe(300);
  });

  test('its server certificate is for this machine only', () => {
    const server = new X509Certificate(ca.server.cert);
    expect(server.checkHost('localhost')).toBe('localhost');
    expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(server.checkHost('example.com')).toBeUndefined();
  });
});
