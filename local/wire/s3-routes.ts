import { AwsError } from '../core/aws-error';
import { subdomainOf } from './loopback';
import { headerOf, type WireRequest } from './message';
import type { RouteMatch } from './rest-routes';
import type { OperationModel } from './service-model';

/**
 * Operations with the same method, path and query literals differ in the parameters and headers that they require.
 * (UploadPart is PutObject with an `uploadId`, CopyObject is PutObject with a source.)
 */
const DISTINGUISHING_QUERY = ['uploadId', 'partNumber'];
const DISTINGUISHING_HEADERS = ['x-amz-copy-source', 'x-amz-rename-source'];

/** They have the same path as ListBuckets, on another host. */
const ON_OTHER_HOSTS = new Set(['ListDirectoryBuckets', 'WriteGetObjectResponse']);

interface S3Route {
  readonly operation: OperationModel;
  readonly method: string;
  readonly level: 'service' | 'bucket' | 'object';
  readonly query: readonly (readonly [string, string])[];
  readonly requiredQuery: readonly string[];
  readonly requiredHeaders: readonly string[];
}

const routeOf = (operation: OperationModel): S3Route | undefined => {
  if (!operation.http || ON_OTHER_HOSTS.has(operation.name)) return undefined;
  const [path = '', queryText = ''] = operation.http.uri.split('?');
  const members = operation.input.isUnitSchema() ? [] : [...operation.input.structIterator()];
  const bound = members.map(([, member]) => member.getMergedTraits());
  const hasBucket = members.some(([name, member]) => name === 'Bucket' && member.getMergedTraits().httpLabel);
  const queryNames = new Set(bound.map(({ httpQuery }) => httpQuery));
  const headerNames = new Set(bound.map(({ httpHeader }) => httpHeader?.toLowerCase()));
  // GetObject and HeadObject take an optional partNumber.
  const distinguishing = queryNames.has('uploadId') ? DISTINGUISHING_QUERY : [];
  return {
    operation,
    method: operation.http.method,
    level: path.includes('{Key+}') ? 'object' : hasBucket ? 'bucket' : 'service',
    query: [...new URLSearchParams(queryText)].filter(([name]) => name !== 'x-id'),
    requiredQuery: distinguishing.filter((name) => queryNames.has(name)),
    requiredHeaders: DISTINGUISHING_HEADERS.filter((name) => headerNames.has(name)),
  };
};

const matches = (route: S3Route, { query, headers }: WireRequest): boolean =>
  route.query.every(([name, value]) => query.has(name) && query.get(name) === value) &&
  route.requiredQuery.every((name) => query.has(name)) &&
  route.requiredHeaders.every((name) => headerOf(headers, name) !== undefined);

const requirementsOf = ({ query, requiredQuery, requiredHeaders }: S3Route): number =>
  query.length + requiredQuery.length + requiredHeaders.length;

/**
 * The path with the bucket in it. Clients of an endpoint with a name put the bucket before that name:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
const pathStyle = ({ headers, path }: WireRequest): string => {
  const bucket = subdomainOf(headers)?.replace(/(^|\.)s3$/, '');
  return bucket ? `/${bucket}${path}` : path;
};

/** Finds the operation by bucket and key; the one with the most requirements wins. */
export const createS3Routes = (operations: Iterable<OperationModel>) => {
  const routes = [...operations].flatMap((operation) => routeOf(operation) ?? []);
  routes.sort((a, b) => requirementsOf(b) - requirementsOf(a));
  return (request: WireRequest): RouteMatch | undefined => {
    const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/.exec(pathStyle(request)) ?? [];
    const level = key ? 'object' : bucket ? 'bucket' : 'service';
    const route = routes.find((one) => one.method === request.method && one.level === level && matches(one, request));
    if (!route) return undefined;
    try {
      return {
        operation: route.operation,
        labels: {
          ...(bucket ? { Bucket: decodeURIComponent(bucket) } : {}),
          ...(key ? { Key: decodeURIComponent(key) } : {}),
        },
      };
    } catch {
      throw new AwsError('InvalidURI', `The path ${request.path} is not correctly percent-encoded.`);
    }
  };
};
