import type { Arns } from '../arns';
import { invalidRequest } from '../errors';
import type { Thing, ThingStore } from '../registry/thing-store';
import { resourceNameOf, thingNameOf } from '../validation';
import type { ThingGroup, ThingGroups } from './thing-groups';

interface GroupReference {
  readonly thingGroupName?: string | undefined;
  readonly thingGroupArn?: string | undefined;
}
interface ThingReference {
  readonly thingName?: string | undefined;
  readonly thingArn?: string | undefined;
}

/** Operations on members accept a name or an ARN. */
export const groupOf = (arns: Arns, groups: ThingGroups, reference: GroupReference): ThingGroup => {
  const { thingGroupName, thingGroupArn } = reference;
  if (thingGroupName !== undefined || thingGroupArn === undefined)
    return groups.getOrThrow(resourceNameOf(thingGroupName, 'thingGroupName'));
  const name = arns.nameIn('thinggroup', thingGroupArn);
  if (name === undefined) throw invalidRequest(`thingGroupArn ${thingGroupArn} is not the ARN of a thing group.`);
  return groups.getOrThrow(name);
};

/** @throws AwsError InvalidRequestException, ResourceNotFoundException */
export const thingOf = (arns: Arns, things: ThingStore, { thingName, thingArn }: ThingReference): Thing => {
  if (thingName !== undefined || thingArn === undefined) return things.getOrThrow(thingNameOf(thingName));
  const name = arns.nameIn('thing', thingArn);
  if (name === undefined) throw invalidRequest(`thingArn ${thingArn} is not the ARN of a thing.`);
  return things.getOrThrow(name);
};
