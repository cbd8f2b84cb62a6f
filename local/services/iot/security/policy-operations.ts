import type {
  AttachPolicyCommandInput,
  CreatePolicyCommandInput,
  CreatePolicyCommandOutput,
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
import { alreadyExists, deleteConflict, notFound } from '../errors';
import type { Output } from '../output';
import { pageOf } from '../paging';
import { policyNameOf, required } from '../validation';
import type { CertificateStore } from './certificate-store';
import type { Policies, Policy } from './policies';
import { parsePolicyDocument } from './policy-document';

const describe = ({ policyName, policyArn }: Policy) => ({ policyName, policyArn });

/** CreatePolicy, GetPolicy, DeletePolicy, ListPolicies, AttachPolicy, DetachPolicy, ListAttachedPolicies, ListTargetsForPolicy. */
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
        targets: new Set(),
      });
      return { policyName, policyArn, policyDocument, policyVersionId: '1' };
    },

    GetPolicy: (input: GetPolicyCommandInput): Output<GetPolicyCommandOutput> => {
      const policy = policies.getOrThrow(policyNameOf(input.policyName));
      return {
        ...describe(policy),
        policyDocument: policy.policyDocument,
        defaultVersionId: '1',
        creationDate: policy.creationDate,
        lastModifiedDate: policy.creationDate,
        generationId: '1',
      };
    },

    DeletePolicy: (input: DeletePolicyCommandInput) => {
      const policy = policies.getOrThrow(policyNameOf(input.policyName));
      if (policy.targets.size > 0)
        throw deleteConflict(
          `Policy ${policy.policyName} is attached to ${policy.targets.size} targets. Detach it first (ListTargetsForPolicy, DetachPolicy).`,
        );
      policies.all.delete(policy.policyName);
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
      return {};
    },

    DetachPolicy: (input: DetachPolicyCommandInput) => {
      const policy = policies.getOrThrow(policyNameOf(input.policyName));
      const target = required(input.target, 'target');
      policiesOf(target).delete(policy.policyName);
      policy.targets.delete(target);
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
