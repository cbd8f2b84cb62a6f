import { SearchIndexCommand, type ThingDocument } from '@aws-sdk/client-iot';
import type { Operator } from '../operator';
import { type Page, pageOf, type PageRequest } from '../page';

/** A device in a list, as the fleet index has it: seconds behind. */
export interface DeviceSummary {
  readonly thingName: string;
  readonly thingTypeName?: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly groups: readonly string[];
  readonly isConnected: boolean;
  /** When it connected or disconnected last, milliseconds since the epoch. */
  readonly connectionChangedAt?: number;
  readonly disconnectReason?: string;
}

/** Everything: https://docs.aws.amazon.com/iot/latest/developerguide/query-syntax.html */
export const ALL_DEVICES = '*';

const summaryOf = ({ thingName = '', thingTypeName, attributes, thingGroupNames, connectivity }: ThingDocument) => ({
  ...{ thingName, attributes: attributes ?? {}, groups: thingGroupNames ?? [] },
  isConnected: connectivity?.connected ?? false,
  ...(thingTypeName !== undefined && { thingTypeName }),
  // 0: it never connected.
  ...(connectivity?.timestamp && { connectionChangedAt: connectivity.timestamp }),
  ...(connectivity?.disconnectReason !== undefined && { disconnectReason: connectivity.disconnectReason }),
});

/** A word is looked for as the beginning of a name; what has a field or an operator is a query of the fleet index. */
export const queryOf = (text: string): string =>
  text === '' ? ALL_DEVICES : /^[a-zA-Z0-9_-]+$/.test(text) ? `thingName:${text}*` : text;

/**
 * One call per page of up to 100.
 * @param text a query of the fleet index, the beginning of a thing name, or nothing for all
 * @throws InvalidQueryException
 */
export const searchDevices = async (
  { clients: { iot } }: Operator,
  text: string,
  { limit = 25, nextToken }: PageRequest = {},
): Promise<Page<DeviceSummary>> => {
  const page = await iot.send(
    new SearchIndexCommand({
      ...{ queryString: queryOf(text), maxResults: Math.min(100, limit) },
      ...(nextToken !== undefined && { nextToken }),
    }),
  );
  return pageOf((page.things ?? []).map(summaryOf), page.nextToken);
};
