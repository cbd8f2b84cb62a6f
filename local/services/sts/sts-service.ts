import type { CallContext, Environment, Principal, ServiceModule } from '../../core/api';

const identityOf = (principal: Principal, accountId: string) => {
  if (principal.kind === 'account') return { UserId: accountId, Arn: `arn:aws:iam::${accountId}:root` };
  const role = principal.roleArn.slice(principal.roleArn.lastIndexOf('/') + 1);
  return { UserId: `${role}:local`, Arn: `arn:aws:sts::${accountId}:assumed-role/${role}/local` };
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
