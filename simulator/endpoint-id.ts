import { agentEndpointId } from '../proto/endpoint-ids';
import type { Profile } from './agent/profiles';

/** R-ARC.6. */
const LONGEST_INSTANCE_ID = 50;

/** The endpoint id of a simulated agent. Escapes colons, which thing names may contain: they separate its parts. */
export const endpointIdOf = ({ endpointId }: Profile, thingName: string): string =>
  endpointId === 'thing-name' ? thingName : agentEndpointId(thingName.replaceAll(':', '%3A'));

/** Whether a thing name is short enough for an endpoint id. */
export const fitsEndpointId = (thingName: string): boolean =>
  thingName.replaceAll(':', '%3A').length <= LONGEST_INSTANCE_ID;
