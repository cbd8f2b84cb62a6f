import { randomUUID } from 'node:crypto';
import type {
  CreateThingTypeCommandInput,
  CreateThingTypeCommandOutput,
  DescribeThingTypeCommandInput,
  DescribeThingTypeCommandOutput,
  ListThingTypesCommandInput,
  ListThingTypesCommandOutput,
  ThingTypeProperties,
} from '@aws-sdk/client-iot';
import type { IotContext } from '../context';
import { notFound } from '../errors';
import type { Output } from '../output';
import { pageOf } from '../paging';
import { resourceNameOf } from '../validation';

interface ThingType {
  readonly thingTypeName: string;
  readonly thingTypeArn: string;
  readonly thingTypeId: string;
  readonly thingTypeProperties: ThingTypeProperties | undefined;
  readonly creationDate: Date;
}

export interface ThingTypes {
  /** @throws AwsError ResourceNotFoundException */
  getOrThrow(thingTypeName: string): ThingType;
}

/** CreateThingType, DescribeThingType, ListThingTypes. */
export const createThingTypeOperations = ({ clock, arns, store }: IotContext) => {
  const types = new Map<string, ThingType>();
  const kept = store.collection<ThingType>('iot-thing-types', (name) => types.get(name));
  for (const [name, type] of kept.saved) types.set(name, type);
  const getOrThrow = (thingTypeName: string): ThingType => {
    const type = types.get(thingTypeName);
    if (!type) throw notFound(`Thing type ${thingTypeName} does not exist.`);
    return type;
  };
  const view = ({ creationDate, ...type }: ThingType) => ({
    ...type,
    thingTypeMetadata: { creationDate, deprecated: false },
  });
  const operations = {
    CreateThingType: (input: CreateThingTypeCommandInput): Output<CreateThingTypeCommandOutput> => {
      const thingTypeName = resourceNameOf(input.thingTypeName, 'thingTypeName');
      const type = types.get(thingTypeName) ?? {
        thingTypeName,
        thingTypeArn: arns.of('thingtype', thingTypeName),
        thingTypeId: randomUUID(),
        thingTypeProperties: input.thingTypeProperties,
        creationDate: new Date(clock.now()),
      };
      types.set(thingTypeName, type);
      kept.changed(thingTypeName);
      return { thingTypeName, thingTypeArn: type.thingTypeArn, thingTypeId: type.thingTypeId };
    },
    DescribeThingType: (input: DescribeThingTypeCommandInput): Output<DescribeThingTypeCommandOutput> =>
      view(getOrThrow(resourceNameOf(input.thingTypeName, 'thingTypeName'))),
    ListThingTypes: (input: ListThingTypesCommandInput): Output<ListThingTypesCommandOutput> => {
      const wanted = input.thingTypeName;
      const all = [...types.values()].filter((type) => wanted === undefined || type.thingTypeName === wanted);
      const { items, nextToken } = pageOf(all, input);
      return { thingTypes: items.map(view), nextToken };
    },
  };
  const thingTypes: ThingTypes = { getOrThrow };
  return { thingTypes, operations };
};
