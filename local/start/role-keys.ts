import { createHash } from 'node:crypto';
import { ACCOUNT_PRINCIPAL, type Principal } from '../core/api';

const ROLE_KEY_PREFIX = 'LOCALROLE';

export interface RoleKeys {
  credentialsFor(roleArn: string): { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The role of an access key; the account for any other key. */
  principalOf(accessKeyId: string): Principal;
}

/** Access keys of roles: functions sign with them, and the front end recognizes the role. */
export const createRoleKeys = (): RoleKeys => {
  const roles = new Map<string, string>();
  return {
    credentialsFor: (roleArn) => {
      const accessKeyId = `${ROLE_KEY_PREFIX}${createHash('sha256').update(roleArn).digest('hex').slice(0, 16)}`;
      roles.set(accessKeyId, roleArn);
      return { accessKeyId, secretAccessKey: 'local' };
    },
    principalOf: (accessKeyId) => {
      const roleArn = roles.get(accessKeyId);
      return roleArn === undefined ? ACCOUNT_PRINCIPAL : { kind: 'role', roleArn };
    },
  };
};
