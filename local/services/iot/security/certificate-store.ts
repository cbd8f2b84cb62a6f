import type { CertificateStatus } from '@aws-sdk/client-iot';
import type { IotContext } from '../context';
import { invalidRequest, notFound } from '../errors';

/** A device certificate of the registry. */
export interface Certificate {
  readonly certificateId: string;
  readonly certificateArn: string;
  readonly certificatePem: string;
  readonly creationDate: Date;
  status: CertificateStatus;
  lastModifiedDate: Date;
  /** Names of the things it is attached to. */
  readonly things: Set<string>;
  /** Names of the policies attached to it. */
  readonly policies: Set<string>;
}

export interface CertificateStore {
  get(certificateId: string): Certificate | undefined;
  /** @throws AwsError ResourceNotFoundException */
  getOrThrow(certificateId: string): Certificate;
  /**
   * @param principal the ARN of a certificate
   * @throws AwsError InvalidRequestException for another kind of principal, ResourceNotFoundException
   */
  getByPrincipalOrThrow(principal: string): Certificate;
  all(): Iterable<Certificate>;
  add(certificate: Omit<Certificate, 'certificateArn'>): Certificate;
  /** Status, things or policies of a certificate have changed. */
  changed(certificate: Certificate): void;
  remove(certificateId: string): void;
}

/** The certificates that were saved, or none. */
export const createCertificateStore = ({ arns, store }: Pick<IotContext, 'arns' | 'store'>): CertificateStore => {
  const certificates = new Map<string, Certificate>();
  const kept = store.collection<Certificate>('iot-certificates', (id) => certificates.get(id));
  for (const [id, certificate] of kept.saved) certificates.set(id, certificate);
  const getOrThrow = (certificateId: string) => {
    const certificate = certificates.get(certificateId);
    if (!certificate) throw notFound(`Certificate ${certificateId} does not exist.`);
    return certificate;
  };
  return {
    get: (certificateId) => certificates.get(certificateId),
    getOrThrow,
    getByPrincipalOrThrow: (principal) => {
      const certificateId = arns.nameIn('cert', principal);
      if (certificateId === undefined)
        throw invalidRequest(`Principal ${principal} is not the ARN of a certificate (${arns.of('cert', '<id>')}).`);
      return getOrThrow(certificateId);
    },
    all: () => certificates.values(),
    add: (description) => {
      const certificate = { ...description, certificateArn: arns.of('cert', description.certificateId) };
      certificates.set(certificate.certificateId, certificate);
      kept.changed(certificate.certificateId);
      return certificate;
    },
    changed: ({ certificateId }) => kept.changed(certificateId),
    remove: (certificateId) => {
      certificates.delete(certificateId);
      kept.changed(certificateId);
    },
  };
};
