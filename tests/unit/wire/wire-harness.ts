import type { Principal, Report, ServiceModule, ServiceName } from '../../../local/core/api';
import { createApi } from '../../../local/core/create-api';
import { createHttpFrontEnd, type HttpFrontEnd } from '../../../local/wire/http-front-end';

export const ROLE = 'arn:aws:iam::000000000000:role/Caller';

/** A service that records what it was asked and returns what the test gives it; an Error is thrown. */
export const fakeService = (service: ServiceName, answers: Readonly<Record<string, unknown>>) => {
  const inputs: Record<string, unknown> = {};
  const operations = Object.fromEntries(
    Object.entries(answers).map(([operation, answer]) => [
      operation,
      (input: never) => {
        inputs[operation] = input;
        if (answer instanceof Error) throw answer;
        return answer;
      },
    ]),
  );
  const module: ServiceModule = { service, operations, resourcesOf: () => ['*'] };
  return { module, inputs };
};

export interface Harness {
  readonly frontEnd: HttpFrontEnd;
  /** Whom the authorizer was asked about. */
  readonly principals: Principal[];
  /** For any client of the SDK. */
  readonly config: {
    endpoint: string;
    region: string;
    maxAttempts: number;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
}

type Extra = Pick<Parameters<typeof createHttpFrontEnd>[0], 'extraRoutes'> & { readonly report?: Report };

/** The front end on a free port, in front of the given services. Key ids that begin with ROLE are the role's. */
export const startFrontEnd = async (modules: readonly ServiceModule[], extra: Extra = {}): Promise<Harness> => {
  const principals: Principal[] = [];
  const api = createApi({ authorizer: { authorize: (principal) => void principals.push(principal) } });
  for (const module of modules) api.register(module);
  const frontEnd = await createHttpFrontEnd({
    api,
    port: 0,
    principalOf: (key) => (key.startsWith('ROLE') ? { kind: 'role', roleArn: ROLE } : { kind: 'account' }),
    ...extra,
  });
  const credentials = { accessKeyId: 'LOCAL', secretAccessKey: 'secret' };
  return { frontEnd, principals, config: { endpoint: frontEnd.url, region: 'us-east-1', maxAttempts: 1, credentials } };
};

/** Headers of a request that no SDK wrote. */
export const signedFor = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=LOCAL/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});
