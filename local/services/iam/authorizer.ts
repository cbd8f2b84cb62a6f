import type { Authorizer } from '../../core/api';
import { AwsError } from '../../core/aws-error';

export interface PolicyStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

export interface PolicyDocument {
  readonly Statement: readonly PolicyStatement[];
}

export interface LocalAuthorizer extends Authorizer {
  /** Replaces the policies of a role. */
  setRolePolicies(roleArn: string, documents: readonly PolicyDocument[]): void;
  hasRole(roleArn: string): boolean;
}

const list = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value);

const pattern = (text: string, flags: string) =>
  new RegExp(
    `^${text
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '[\\s\\S]*')
      .replaceAll('?', '[\\s\\S]')}$`,
    flags,
  );

interface CompiledStatement {
  readonly allow: boolean;
  readonly actions: readonly RegExp[];
  readonly resources: readonly RegExp[];
}

const compile = (statement: PolicyStatement): CompiledStatement => ({
  allow: statement.Effect === 'Allow',
  // IAM ignores case in actions, but not in resources.
  actions: list(statement.Action).map((action) => pattern(action, 'i')),
  resources: list(statement.Resource).map((resource) => pattern(resource, '')),
});

/**
 * Evaluates identity policies: an explicit deny wins, otherwise every resource of the call needs an allow.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export const createAuthorizer = (): LocalAuthorizer => {
  const roles = new Map<string, readonly CompiledStatement[]>();
  /** The statements of a role about an action, by both. */
  const known = new Map<string, readonly CompiledStatement[]>();
  const statementsAbout = (action: string, roleArn: string): readonly CompiledStatement[] => {
    const key = `${action} ${roleArn}`;
    const found =
      known.get(key) ?? (roles.get(roleArn) ?? []).filter(({ actions }) => actions.some((a) => a.test(action)));
    known.set(key, found);
    return found;
  };
  return {
    setRolePolicies: (roleArn, documents) => {
      known.clear();
      roles.set(
        roleArn,
        documents.flatMap(({ Statement }) => Statement.map(compile)),
      );
    },
    hasRole: (roleArn) => roles.has(roleArn),
    authorize: (principal, action, resources) => {
      if (principal.kind === 'account') return;
      const statements = statementsAbout(action, principal.roleArn);
      for (const resource of resources) {
        const matching = statements.filter((statement) => statement.resources.some((r) => r.test(resource)));
        const denied = matching.some(({ allow }) => !allow);
        if (matching.length > 0 && !denied) continue;
        throw new AwsError(
          'AccessDeniedException',
          `User: ${principal.roleArn} is not authorized to perform: ${action} on resource: ${resource} because ${
            denied ? 'an explicit deny matches' : `no identity-based policy allows the ${action} action`
          }`,
          403,
        );
      }
    },
  };
};
