import type {
  CertificateDescription,
  CreateKeysAndCertificateCommandInput,
  CreateKeysAndCertificateCommandOutput,
  DeleteCertificateCommandInput,
  DescribeCertificateCommandInput,
  DescribeCertificateCommandOutput,
  ListCertificatesCommandInput,
  ListCertificatesCommandOutput,
  UpdateCertificateCommandInput,
} from '@aws-sdk/client-iot';
import { AwsError } from '../../../core/aws-error';
import type { IotContext } from '../context';
import { deleteConflict, invalidRequest } from '../errors';
import type { Output } from '../output';
import { pageOf } from '../paging';
import { required } from '../validation';
import type { Certificate, CertificateStore } from './certificate-store';

/** Issues device certificates; the local CA of the message broker is one. */
export interface CertificateAuthority {
  issue(commonName: string): Promise<{
    readonly certificatePem: string;
    readonly privateKeyPem: string;
    readonly publicKeyPem: string;
    readonly certificateId: string;
  }>;
}

const summaryOf = ({ certificateId, certificateArn, status, creationDate }: Certificate) => ({
  certificateId,
  certificateArn,
  status,
  creationDate,
});

const descriptionOf = (certificate: Certificate): CertificateDescription => ({
  ...summaryOf(certificate),
  certificatePem: certificate.certificatePem,
  lastModifiedDate: certificate.lastModifiedDate,
});

/** CreateKeysAndCertificate, DescribeCertificate, UpdateCertificate, DeleteCertificate, ListCertificates. */
export const createCertificateOperations = (
  { clock }: IotContext,
  certificates: CertificateStore,
  detachPolicies: (certificate: Certificate) => void,
  authority: CertificateAuthority | undefined,
) => ({
  CreateKeysAndCertificate: async (
    input: CreateKeysAndCertificateCommandInput,
  ): Promise<Output<CreateKeysAndCertificateCommandOutput>> => {
    if (!authority)
      throw new AwsError(
        'ServiceUnavailableException',
        'CreateKeysAndCertificate needs a certificate authority, and this local deployment has been started without one.',
        503,
      );
    // AWS issues every device certificate with this subject; the id is the certificate's fingerprint.
    const issued = await authority.issue('AWS IoT Certificate');
    const now = new Date(clock.now());
    const certificate = certificates.add({
      certificateId: issued.certificateId,
      certificatePem: issued.certificatePem,
      status: input.setAsActive ? 'ACTIVE' : 'INACTIVE',
      creationDate: now,
      lastModifiedDate: now,
      things: new Set(),
      policies: new Set(),
    });
    return {
      certificateId: certificate.certificateId,
      certificateArn: certificate.certificateArn,
      certificatePem: certificate.certificatePem,
      keyPair: { PublicKey: issued.publicKeyPem, PrivateKey: issued.privateKeyPem },
    };
  },

  DescribeCertificate: (input: DescribeCertificateCommandInput): Output<DescribeCertificateCommandOutput> => ({
    certificateDescription: descriptionOf(certificates.getOrThrow(required(input.certificateId, 'certificateId'))),
  }),

  UpdateCertificate: (input: UpdateCertificateCommandInput) => {
    const certificate = certificates.getOrThrow(required(input.certificateId, 'certificateId'));
    const status = required(input.newStatus, 'newStatus');
    if (!['ACTIVE', 'INACTIVE', 'REVOKED'].includes(status))
      throw invalidRequest(`newStatus ${status} cannot be set: use ACTIVE, INACTIVE or REVOKED.`);
    certificate.status = status;
    certificate.lastModifiedDate = new Date(clock.now());
    certificates.changed(certificate);
    return {};
  },

  /** As on AWS, `forceDelete` also detaches policies, but never things. */
  DeleteCertificate: (input: DeleteCertificateCommandInput) => {
    const certificate = certificates.getOrThrow(required(input.certificateId, 'certificateId'));
    const { certificateId } = certificate;
    if (certificate.status === 'ACTIVE')
      throw new AwsError(
        'CertificateStateException',
        `Certificate ${certificateId} is ACTIVE. Set it INACTIVE first (UpdateCertificate).`,
        406,
      );
    if (certificate.things.size > 0)
      throw deleteConflict(
        `Certificate ${certificateId} is attached to things: ${[...certificate.things].join(', ')}.`,
      );
    if (certificate.policies.size > 0 && !input.forceDelete)
      throw deleteConflict(`Certificate ${certificateId} has policies: ${[...certificate.policies].join(', ')}.`);
    detachPolicies(certificate);
    certificates.remove(certificateId);
    return {};
  },

  ListCertificates: (input: ListCertificatesCommandInput): Output<ListCertificatesCommandOutput> => {
    const { items, nextToken } = pageOf(certificates.all(), { maxResults: input.pageSize, nextToken: input.marker });
    return { certificates: items.map(summaryOf), nextMarker: nextToken };
  },
});
