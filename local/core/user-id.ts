import type { Principal } from './api';

/** The caller's id as IAM shows it: the account's, or that of the role with its session. */
export const userIdOf = (principal: Principal, accountId: string): string =>
  principal.kind === 'account' ? accountId : `${principal.roleArn.slice(principal.roleArn.lastIndexOf('/') + 1)}:local`;
