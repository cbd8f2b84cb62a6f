import type {
  AttachPolicyCommandInput,
  CreatePolicyCommandInput,
  CreatePolicyCommandOutput,
  CreatePolicyVersionCommandInput,
  CreatePolicyVersionCommandOutput,
  DeletePolicyCommandInput,
  DetachPolicyCommandInput,
  GetPolicyCommandInput,
  GetPolicyCommandOutput,
  ListAttachedPoliciesCommandInput,
  ListAttachedPoliciesCommandOutput,
  ListPoliciesCommandInput,
  ListPoliciesCommandOutput,
  ListTargetsForPolicyCommandInput,
  ListTargetsForPolicyCommandOutput,
} from '@aws-sdk/client-iot';
import type { IotContext } from '../context';
import { alreadyExists, deleteConflict, invalidRequest, notFound } from '../errors';
import type { Output } from '../output';
import { pageOf } from '../paging';
import { policyNameOf, required } from '../validation';
import type { CertificateStore } from './certificate-store';
import type { Policies, Policy } from './policies';
import { parsePolicyDocument } from './policy-document';

const describe = ({ policyName, policyArn }: Policy) => ({ policyName, policyArn });

/** CreatePolicy, CreatePolicyVersion, GetPolicy, DeletePolicy, ListPolicies, AttachPolicy, DetachPolicy, ListAttachedPolicies, ListTargetsForPolicy. */
export const createPolicyOperations = (
  { clock, arns }: IotContext,
  policies: Policies,
  certificates: CertificateStore,
  groupExists: (groupName: string) => boolean,
) => {
  /** The policy names of a target: a certificate or a thing group. */
  const policiesOf = (target: string): Set<string> => {
    const groupName = arns.nameIn('thinggroup', target);
    if (groupName === undefined) return certificates.getByPrincipalOrThrow(target).policies;
    if (!groupExists(groupName)) throw notFound(`Thing group ${groupName} does not exist.`);
    const names = policies.ofGroups.get(target) ?? new Set();
    policies.ofGroups.set(target, names);
    return names;
  };
  const save = (policy: Policy, target: string) => {
    policies.changed(policy.policyName);
    if (arns.nameIn('cert', target) !== undefined) certificates.changed(certificates.getByPrincipalOrThrow(target));
  };

  return {
    CreatePolicy: (input: CreatePolicyCommandInput): Output<CreatePolicyCommandOutput> => {
      const policyName = policyNameOf(input.policyName);
      const policyDocument = required(input.policyDocument, 'policyDocument');
      const statements = parsePolicyDocument(policyName, policyDocument);
      if (policies.all.has(policyName)) throw alreadyExists(`Policy ${policyName} already exists.`);
      const policyArn = arns.of('policy', policyName);
      const creationDate = new Date(clock.now());
      policies.all.set(policyName, {
        policyName,
        policyArn,
        policyDocument,
        statements,
        creationDate,
        lastModifiedDate: creationDate,
        version: 1,
        targets: new Set(),
      });
      policies.changed(policyName);
      return { policyName, policyArn, policyDocument, policyVersionId: '1' };
    },

    /** Local mode keeps the default version only, so the new one has to be it. */
    CreatePolicyVersion: (input: CreatePolicyVersionCommandInput): Output<CreatePolicyVersionCommandOutput> => {
      const policy = policies.getOrThrow(policyNameOf(input.policyName));
      const policyDocument = required(input.policyDocument, 'policyDocument');
      const statements = parsePolicyDocument(policy.policyName, policyDocument);
      if (!input.setAsDefault)
        throw invalidRequest(`Local mode keeps one version of policy ${policy.policyName}: use setAsDefault.`);
      const lastModifiedDate = new Date(clock.now());
      Object.assign(policy, { policyDocument, statements, lastModifiedDate, version: policy.version + 1 });
      policies.changed(policy.policyName);
      const { policyArn, version } = policy;
      return { policyArn, policyDocument, policyVersionId: String(version), isDefaultVersion: true };
    },

    GetPolicy: (input: GetPolicyCommandInput): Output<GetPolicyCommandOutput> => {
      const policy = policies.getOrThrow(policyNameOf(input.policyName));
      return {
        ...describe(policy),
        policyDocument: policy.policyDocument,
        defaultVersionId: String(policy.version),
        creationDate: policy.creationDate,
        lastModifiedDate: policy.lastModifiedDate,
        generationId: String(policy.version),
      };
    },

    DeletePolicy: (input: DeletePolicyCommandInput) => {
      const policy = policies.getOrThrow(policyNameOf(input.policyName));
      if (policy.targets.size > 0)
        throw deleteConflict(
          `Policy ${policy.policyName} is attached to ${policy.targets.size} targets. Detach it first (ListTargetsForPolicy, DetachPolicy).`,
        );
      policies.all.delete(policy.policyName);
      policies.changed(policy.policyName);
      return {};
    },

    ListPolicies: (input: ListPoliciesCommandInput): Output<ListPoliciesCommandOutput> => {
      const { items, nextToken } = pageOf(policies.all.values(), {
        maxResults: input.pageSize,
        nextToken: input.marker,
      });
      return { policies: items.map(describe), nextMarker: nextToken };
    },

    AttachPolicy: (input: AttachPolicyCommandInput) => {
      const policy = policies.getOrThrow(policyNameOf(input.policyName));
      const target = required(input.target, 'target');
      policiesOf(target).add(policy.policyName);
      policy.targets.add(target);
      save(policy, target);
      return {};
    },

    DetachPolicy: (input: DetachPolicyCommandInput) => {
      const policy = policies.getOrThrow(policyNameOf(input.policyName));
      const target = required(input.target, 'target');
      policiesOf(target).delete(policy.policyName);
      policy.targets.delete(target);
      save(policy, target);
      return {};
    },

    ListAttachedPolicies: (input: ListAttachedPoliciesCommandInput): Output<ListAttachedPoliciesCommandOutput> => {
      const names = policiesOf(required(input.target, 'target'));
      const { items, nextToken } = pageOf(names, { maxResults: input.pageSize, nextToken: input.marker });
      return { policies: items.map((name) => describe(policies.getOrThrow(name))), nextMarker: nextToken };
    },

    ListTargetsForPolicy: (input: ListTargetsForPolicyCommandInput): Output<ListTargetsForPolicyCommandOutput> => {
      const { targets } = policies.getOrThrow(policyNameOf(input.policyName));
      const { items, nextToken } = pageOf(targets, { maxResults: input.pageSize, nextToken: input.marker });
      return { targets: items, nextMarker: nextToken };
    },
  };
};
