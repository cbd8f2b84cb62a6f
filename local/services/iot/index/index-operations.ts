import type {
  DescribeIndexCommandInput,
  DescribeIndexCommandOutput,
  DisconnectReasonValue,
  GetBucketsAggregationCommandInput,
  GetBucketsAggregationCommandOutput,
  GetThingConnectivityDataCommandInput,
  GetThingConnectivityDataCommandOutput,
  GetStatisticsCommandInput,
  GetStatisticsCommandOutput,
  SearchIndexCommandInput,
  SearchIndexCommandOutput,
} from '@aws-sdk/client-iot';
import { AwsError } from '../../../core/aws-error';
import { invalidRequest, notFound } from '../errors';
import type { Output } from '../output';
import { pageOf } from '../paging';
import { required } from '../validation';
import type { ThingStore } from '../registry/thing-store';
import type { ConnectivityStore } from './connectivity-store';
import type { FleetIndex } from './fleet-index';
import type { IndexingConfiguration } from './indexing-configuration';
import { parseQuery } from './query-parser';
import { bucketsOf, statisticsOf } from './statistics';

/** The only index of local mode. */
const THINGS = 'AWS_Things';
/** https://docs.aws.amazon.com/iot/latest/apireference/API_SearchIndex.html */
const MAX_PAGE_SIZE = 100;
/** https://docs.aws.amazon.com/iot/latest/developerguide/index-aggregate.html */
const DEFAULT_AGGREGATION_FIELD = 'registry.version';

/** https://docs.aws.amazon.com/iot/latest/apireference/API_TermsAggregation.html */
const DEFAULT_BUCKETS = 10;
const MAX_BUCKETS = 10_000;

/** SearchIndex, GetStatistics, GetBucketsAggregation, DescribeIndex, GetThingConnectivityData. */
export const createIndexOperations = (
  index: FleetIndex,
  configuration: IndexingConfiguration,
  things: ThingStore,
  connectivity: ConnectivityStore,
) => {
  const checkName = (indexName = THINGS) => {
    if (indexName !== THINGS) throw notFound(`Index ${indexName} does not exist: local mode has ${THINGS}.`);
  };
  const checkIndex = (indexName: string | undefined) => {
    checkName(indexName);
    if (configuration.indexesThings()) return;
    const reason =
      configuration.status() === undefined
        ? 'fleet indexing is switched off (UpdateIndexingConfiguration)'
        : 'it is being built (DescribeIndex)';
    throw new AwsError('IndexNotReadyException', `Index ${THINGS} is not active: ${reason}.`, 400);
  };
  const checkAggregated = (aggregationField: string) => {
    if (configuration.aggregatedFields().includes(aggregationField)) return;
    throw new AwsError(
      'InvalidAggregationException',
      `aggregationField ${aggregationField} is neither a managed field nor one of the customFields of UpdateIndexingConfiguration.`,
      400,
    );
  };
  return {
    SearchIndex: (input: SearchIndexCommandInput): Output<SearchIndexCommandOutput> => {
      checkIndex(input.indexName);
      const query = parseQuery(required(input.queryString, 'queryString'));
      const { items, nextToken } = pageOf(index.search(query), input, MAX_PAGE_SIZE);
      return { things: items.map((thing) => index.document(thing)), nextToken };
    },
    GetStatistics: (input: GetStatisticsCommandInput): Output<GetStatisticsCommandOutput> => {
      checkIndex(input.indexName);
      const query = parseQuery(required(input.queryString, 'queryString'));
      const { aggregationField = DEFAULT_AGGREGATION_FIELD } = input;
      checkAggregated(aggregationField);
      const values = Array.from(index.search(query), (thing) => index.valuesOf(thing, aggregationField)).flat();
      return { statistics: statisticsOf(values) };
    },
    GetBucketsAggregation: (input: GetBucketsAggregationCommandInput): Output<GetBucketsAggregationCommandOutput> => {
      checkIndex(input.indexName);
      const query = parseQuery(required(input.queryString, 'queryString'));
      const field = required(input.aggregationField, 'aggregationField');
      checkAggregated(field);
      const { termsAggregation } = required(input.bucketsAggregationType, 'bucketsAggregationType');
      const { maxBuckets = DEFAULT_BUCKETS } = required(termsAggregation, 'bucketsAggregationType.termsAggregation');
      if (maxBuckets < 1 || maxBuckets > MAX_BUCKETS)
        throw invalidRequest(`maxBuckets ${maxBuckets} is not valid: it must be between 1 and ${MAX_BUCKETS}.`);
      const things = [...index.search(query)];
      const values = things.flatMap((thing) => index.valuesOf(thing, field));
      return { totalCount: things.length, buckets: bucketsOf(values).slice(0, maxBuckets) };
    },
    // Live, unlike the index: https://docs.aws.amazon.com/iot/latest/developerguide/device-connectivity-status.html
    GetThingConnectivityData: (
      input: GetThingConnectivityDataCommandInput,
    ): Output<GetThingConnectivityDataCommandOutput> => {
      const { thingName } = things.getOrThrow(required(input.thingName, 'thingName'));
      if (!configuration.indexesConnectivity())
        throw new AwsError('IndexNotReadyException', 'Indexing of thing connectivity is switched off.', 400);
      const { connected = false, timestamp, disconnectReason } = connectivity.get(thingName) ?? {};
      return {
        ...{ thingName, connected },
        ...(timestamp !== undefined && { timestamp: new Date(timestamp) }),
        ...(disconnectReason !== undefined && { disconnectReason: disconnectReason as DisconnectReasonValue }),
      };
    },
    DescribeIndex: (input: DescribeIndexCommandInput): Output<DescribeIndexCommandOutput> => {
      checkName(required(input.indexName, 'indexName'));
      const indexStatus = configuration.status();
      if (indexStatus === undefined)
        throw notFound(`Index ${THINGS} does not exist: fleet indexing is switched off (UpdateIndexingConfiguration).`);
      return { indexName: THINGS, indexStatus, schema: configuration.schema() };
    },
  };
};
