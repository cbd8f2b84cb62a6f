import { createHash } from 'node:crypto';
import type { Principal } from './api';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * The unique id of a role, `AROA…`: the same for the same ARN.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
export const roleIdOf = (roleArn: string): string => {
  const bytes = [...createHash('sha256').update(roleArn).digest().subarray(0, 17)];
  return `AROA${bytes.map((byte) => BASE32[byte % BASE32.length]).join('')}`;
};

/** The caller's id as IAM shows it: the account's, or that of the role with its session. */
export const userIdOf = (principal: Principal, accountId: string): string =>
  principal.kind === 'account' ? accountId : `${roleIdOf(principal.roleArn)}:local`;
