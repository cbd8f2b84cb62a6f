/** USP endpoint ids, `<authority-scheme>:[<authority-id>]:<instance-id>` (TR-369, "Endpoint Identifier"). */

/** Default of the template parameter ControllerEndpointId. */
export const DEFAULT_CONTROLLER_ID = 'self::aws-dm-controller';

const SCHEMES = ['oui', 'cid', 'pen', 'self', 'user', 'os', 'ops', 'uuid', 'imei', 'proto', 'doc', 'fqdn'];
const SCHEMES_WITH_AUTHORITY = ['oui', 'cid', 'pen'];

/** The endpoint id of an agent named after its thing; `sim-123` alone is not a valid id. */
export const agentEndpointId = (thingName: string): string => `self::${thingName}`;

/**
 * Whether an endpoint id is valid: a known scheme, an authority-id if the scheme needs one, and an instance-id of at
 * most 50 (R-ARC.6) letters, digits and `- . _ %` (R-ARC.5).
 */
export const isEndpointId = (id: string): boolean => {
  const [scheme = '', authority, instance, ...rest] = id.split(':');
  if (authority === undefined || instance === undefined || rest.length > 0) return false;
  if (!/^[A-Za-z0-9\-._%]*$/.test(authority) || !/^[A-Za-z0-9\-._%]{1,50}$/.test(instance)) return false;
  return SCHEMES.includes(scheme) && (authority !== '' || !SCHEMES_WITH_AUTHORITY.includes(scheme));
};
