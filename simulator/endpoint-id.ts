import { agentEndpointId } from '../proto/endpoint-ids';
import type { Profile } from './agent/profiles';

/** TR-369 allows this much behind the authority. */
const LONGEST_INSTANCE_ID = 50;

/** The endpoint id of a simulated agent. A colon, which a thing name may have, would end a part of it. */
export const endpointIdOf = ({ endpointId }: Profile, thingName: string): string =>
  endpointId === 'thing-name' ? thingName : agentEndpointId(thingName.replaceAll(':', '%3A'));

/** Whether the name of a thing can be the last part of an endpoint id. */
export const fitsEndpointId = (thingName: string): boolean =>
  thingName.replaceAll(':', '%3A').length <= LONGEST_INSTANCE_ID;
