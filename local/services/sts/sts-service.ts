import type { CallContext, Environment, Principal, ServiceModule } from '../../core/api';
import { userIdOf } from '../../core/user-id';

const identityOf = (principal: Principal, accountId: string) => {
  const UserId = userIdOf(principal, accountId);
  if (principal.kind === 'account') return { UserId, Arn: `arn:aws:iam::${accountId}:root` };
  const session = UserId.slice(UserId.indexOf(':') + 1);
  const roleName = principal.roleArn.slice(principal.roleArn.lastIndexOf('/') + 1);
  return { UserId, Arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${session}` };
};

/** GetCallerIdentity: returns the caller. AWS allows it to everybody. */
export const createStsService = ({ environment }: { readonly environment: Environment }): ServiceModule => ({
  service: 'sts',
  operations: {
    GetCallerIdentity: (_input: object, { principal }: CallContext) => ({
      Account: environment.accountId,
      ...identityOf(principal, environment.accountId),
    }),
  },
  resourcesOf: () => ['*'],
});
