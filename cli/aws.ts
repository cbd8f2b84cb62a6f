import { isLoopback } from '../simulator/connection';
import { UsageError } from '../simulator/usage-error';
import type { OptionSpecs, Values } from './command-line';

/** Shared by the commands that call AWS or an embedded AWS: options as the AWS CLI has them. */

/** For every command that calls AWS. */
export const AWS_OPTIONS = {
  stack: { value: 'NAME', default: 'wme', description: 'name of the deployed stack', group: 'AWS' },
  'endpoint-url': {
    value: 'URL',
    description: 'endpoint of the AWS API, such as an embedded AWS (default $AWS_ENDPOINT_URL)',
  },
  region: { value: 'REGION', description: 'AWS Region (default $AWS_REGION, else that of the profile)' },
  profile: { value: 'PROFILE', description: 'profile of ~/.aws/config (default $AWS_PROFILE)' },
} as const satisfies OptionSpecs;

export interface AwsTarget {
  readonly endpointUrl?: string;
  readonly region?: string;
  readonly profile?: string;
}

/** @throws UsageError that names the flag */
export const awsTarget = (values: Values<typeof AWS_OPTIONS>): AwsTarget => {
  const { 'endpoint-url': endpointUrl, region, profile } = values;
  if (endpointUrl !== undefined && !/^https?:\/\//.test(endpointUrl))
    throw new UsageError(`--endpoint-url ${endpointUrl}: give a URL such as http://127.0.0.1:4566.`);
  return {
    ...(endpointUrl !== undefined && { endpointUrl }),
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
  };
};

/** Configuration of SDK clients. An embedded AWS on this computer takes any credentials. */
export const clientConfigOf = (
  { endpointUrl, region, profile }: AwsTarget,
  env: Readonly<Record<string, string | undefined>>,
) => {
  const endpoint = endpointUrl ?? env['AWS_ENDPOINT_URL'];
  const isLocal = endpoint !== undefined && isLoopback(endpoint);
  const hasCredentials = profile !== undefined || Boolean(env['AWS_ACCESS_KEY_ID'] ?? env['AWS_PROFILE']);
  const localRegion = isLocal && !env['AWS_REGION'] ? 'us-east-1' : undefined;
  const chosenRegion = region ?? localRegion;
  return {
    ...(endpointUrl !== undefined && { endpoint: endpointUrl }),
    ...(chosenRegion !== undefined && { region: chosenRegion }),
    ...(profile !== undefined && { profile }),
    ...(isLocal && !hasCredentials && { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
    maxAttempts: isLocal ? 2 : 5,
  };
};

/** What failed; the connection errors of Node.js have an empty message and reasons inside. */
export const errorText = (error: unknown): string => {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(String).join('; ');
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
};

/** How to fix a failed call. */
export const hintFor = (text: string): string => {
  if (/ECONNREFUSED/.test(text)) return 'Is it running? Check --endpoint-url (AWS_ENDPOINT_URL).';
  if (/Region is missing/.test(text)) return 'Give --region, or --endpoint-url for an embedded AWS.';
  if (/credential|security token/i.test(text))
    return 'Give --profile or set AWS credentials; an embedded AWS needs none.';
  if (/AccessDenied|not authorized/i.test(text)) return 'These credentials may not do that: give others by --profile.';
  if (/There is no roll-out|is no roll-out of/.test(text)) return 'wme rollout list shows the roll-outs.';
  if (/There is no thing/.test(text)) return 'wme device list shows the devices.';
  if (/Throttling|TooManyRequests|RequestLimitExceeded/i.test(text))
    return 'AWS limits such calls: try again in a minute.';
  return '';
};
