/** USP endpoint ids, `<authority-scheme>:[<authority-id>]:<instance-id>` (TR-369, "Endpoint Identifier"). */

/** Who the controller is, unless a template parameter says otherwise. */
export const DEFAULT_CONTROLLER_ID = 'self::aws-dm-controller';

const SCHEMES = ['oui', 'cid', 'pen', 'self', 'user', 'os', 'ops', 'uuid', 'imei', 'proto', 'doc', 'fqdn'];
const SCHEMES_WITH_AUTHORITY = ['oui', 'cid', 'pen'];

/** The id of an agent that is named after its thing; `sim-123` alone would not be a legal id. */
export const agentEndpointId = (thingName: string): string => `self::${thingName}`;

/**
 * Whether TR-369 allows the id: a known scheme, an authority where the scheme wants one, and an instance id of at most
 * 50 characters out of letters, digits and `- . _ %`.
 */
export const isEndpointId = (id: string): boolean => {
  const [scheme = '', authority, instance, ...rest] = id.split(':');
  if (authority === undefined || instance === undefined || rest.length > 0) return false;
  if (!/^[A-Za-z0-9\-._%]*$/.test(authority) || !/^[A-Za-z0-9\-._%]{1,50}$/.test(instance)) return false;
  return SCHEMES.includes(scheme) && (authority !== '' || !SCHEMES_WITH_AUTHORITY.includes(scheme));
};
