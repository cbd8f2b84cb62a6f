import type { Store } from '../../../store/store';
import { notFound } from '../errors';
import type { Thing, ThingStore } from '../registry/thing-store';
import type { Certificate, CertificateStore } from './certificate-store';
import { parsePolicyDocument, type Statement } from './policy-document';
import { type Variables, evaluatePolicies } from './policy-evaluation';

/** Actions of the AWS IoT data plane that policies of certificates can allow. */
export type IotAction = 'iot:Connect' | 'iot:Publish' | 'iot:Subscribe' | 'iot:Receive';

export interface Policy {
  readonly policyName: string;
  readonly policyArn: string;
  policyDocument: string;
  statements: readonly Statement[];
  /** Only the default version is kept. */
  version: number;
  lastModifiedDate: Date;
  readonly creationDate: Date;
  /** ARNs of certificates and thing groups. */
  readonly targets: Set<string>;
}

export interface Policies {
  readonly all: Map<string, Policy>;
  /** Names of the policies attached to a thing group, by ARN of the group. */
  readonly ofGroups: Map<string, Set<string>>;
  /** @throws AwsError ResourceNotFoundException */
  getOrThrow(policyName: string): Policy;
  /** A policy has come, changed or gone. */
  changed(policyName: string): void;
  detachAll(certificate: Certificate): void;
  /** Whether the certificate is active and its policies allow the action to this client. */
  allows(certificateId: string, action: IotAction, resourceArn: string, clientId: string): boolean;
}

const ATTRIBUTE = /^iot:Connection\.Thing\.Attributes\[(.+)\]$/;

/**
 * Policy variables of a connection. The thing is the one whose name is the client id, provided that the certificate is
 * attached to it (AWS IoT developer guide, thing policy variables).
 */
const variablesOf =
  (clientId: string, thing: Thing | undefined): Variables =>
  (name) => {
    if (name === 'iot:ClientId') return clientId;
    if (name === 'iot:Connection.Thing.IsAttached') return String(thing !== undefined);
    if (name === 'iot:Connection.Thing.ThingName') return thing?.thingName;
    if (name === 'iot:Connection.Thing.ThingTypeName') return thing?.thingTypeName;
    const attribute = ATTRIBUTE.exec(name)?.[1];
    return attribute === undefined ? undefined : thing?.attributes[attribute];
  };

/** The policies of the account and what they allow. */
export const createPolicies = (
  store: Store,
  certificates: CertificateStore,
  things: ThingStore,
  groupArn: (groupName: string) => string,
): Policies => {
  const all = new Map<string, Policy>();
  const ofGroups = new Map<string, Set<string>>();
  const kept = store.collection<Omit<Policy, 'statements'>>('iot-policies', (policyName) => {
    const policy = all.get(policyName);
    if (!policy) return undefined;
    const { statements: _, ...saved } = policy;
    return saved;
  });
  for (const [policyName, saved] of kept.saved) {
    all.set(policyName, { ...saved, statements: parsePolicyDocument(policyName, saved.policyDocument) });
    // The policies of a certificate are saved with the certificate.
    for (const target of saved.targets)
      if (target.includes(':thinggroup/')) ofGroups.set(target, (ofGroups.get(target) ?? new Set()).add(policyName));
  }

  function* statementsOf(policyNames: Iterable<string>) {
    for (const policyName of policyNames) yield* all.get(policyName)?.statements ?? [];
  }
  function* statementsFor(certificate: Certificate, thing: Thing | undefined) {
    yield* statementsOf(certificate.policies);
    for (const groupName of thing?.staticGroups ?? []) yield* statementsOf(ofGroups.get(groupArn(groupName)) ?? []);
  }

  return {
    all,
    ofGroups,
    getOrThrow: (policyName) => {
      const policy = all.get(policyName);
      if (!policy) throw notFound(`Policy ${policyName} does not exist.`);
      return policy;
    },
    changed: kept.changed,
    detachAll: (certificate) => {
      for (const policyName of certificate.policies) {
        all.get(policyName)?.targets.delete(certificate.certificateArn);
        kept.changed(policyName);
      }
      certificate.policies.clear();
      certificates.changed(certificate);
    },
    allows: (certificateId, action, resourceArn, clientId) => {
      const certificate = certificates.get(certificateId);
      if (certificate?.status !== 'ACTIVE') return false;
      const thing = certificate.things.has(clientId) ? things.get(clientId) : undefined;
      return evaluatePolicies(statementsFor(certificate, thing), action, resourceArn, variablesOf(clientId, thing));
    },
  };
};
