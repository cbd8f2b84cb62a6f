import {
  DescribeThingGroupCommand,
  GetStatisticsCommand,
  type IoTClient,
  SearchIndexCommand,
  type ThingDocument,
} from '@aws-sdk/client-iot';

/** https://docs.aws.amazon.com/iot/latest/apireference/API_SearchIndex.html */
export const MAX_RESULTS = 100;

/** A thing as the fleet index has it. */
export interface IndexedThing {
  readonly thingName: string;
  readonly thingTypeName: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly groups: readonly string[];
  readonly connected: boolean;
}

/** What a dry run asks AWS IoT. */
export interface FleetIndex {
  readonly count: (query: string) => Promise<number>;
  /** @param maxResults at most MAX_RESULTS */
  readonly search: (query: string, maxResults: number) => Promise<readonly IndexedThing[]>;
  /** @throws ResourceNotFoundException when there is none of that name */
  readonly checkGroup: (thingGroupName: string) => Promise<unknown>;
}

const indexedThing = (thing: ThingDocument): IndexedThing => ({
  thingName: thing.thingName ?? '',
  thingTypeName: thing.thingTypeName,
  attributes: thing.attributes ?? {},
  groups: thing.thingGroupNames ?? [],
  connected: thing.connectivity?.connected === true,
});

/** The AWS_Things index. Each call costs the same, however many things match. */
export const iotFleetIndex = (iot: IoTClient): FleetIndex => ({
  count: async (queryString) => (await iot.send(new GetStatisticsCommand({ queryString }))).statistics?.count ?? 0,
  // A page may have fewer things than there are.
  search: async (queryString, maxResults) => {
    const things: IndexedThing[] = [];
    let nextToken: string | undefined;
    do {
      const rest = { maxResults: maxResults - things.length, nextToken };
      const page = await iot.send(new SearchIndexCommand({ queryString, ...rest }));
      things.push(...(page.things ?? []).map(indexedThing));
      nextToken = page.nextToken;
    } while (nextToken !== undefined && things.length < maxResults);
    return things;
  },
  checkGroup: (thingGroupName) => iot.send(new DescribeThingGroupCommand({ thingGroupName })),
});
