import type { Environment, ServiceModule } from '../../core/api';

/** Who am I, for tools that ask. */
export const createStsService = ({ accountId }: Environment): ServiceModule => ({
  service: 'sts',
  operations: {
    GetCallerIdentity: () => ({ Account: accountId, UserId: 'local', Arn: `arn:aws:iam::${accountId}:root` }),
  },
  resourcesOf: () => ['*'],
});
