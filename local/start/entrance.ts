import type { Report } from '../core/api';
import type { Backlog } from '../core/backlog';
import type { Disturbance } from '../core/disturbance';
import type { Store } from '../store/store';
import { createApi, type LocalApi } from '../core/create-api';
import { createAuthorizer, type LocalAuthorizer } from '../services/iam/authorizer';
import { createRunningInvocations, type RunningInvocations } from '../services/lambda/running-invocations';
import { createHttpFrontEnd } from '../wire/http-front-end';
import type { Closers } from './closers';
import { countedApi } from './counted-api';
import { createCustomResourceResponses, type CustomResourceResponses } from './custom-resource-responses';
import { disturbedApi } from './disturbed-api';
import { createRoleKeys, type RoleKeys } from './role-keys';

/** How calls arrive: over HTTP, signed with a key, authorized, and routed to a service. */
export interface Entrance {
  readonly api: LocalApi;
  readonly authorizer: LocalAuthorizer;
  readonly keys: RoleKeys;
  readonly running: RunningInvocations;
  readonly responses: CustomResourceResponses;
  readonly endpointUrl: string;
}

export interface EntranceOptions {
  /** 0 takes a free one. */
  readonly httpPort: number;
  readonly report: Report;
  readonly store: Store;
  readonly disturbance: Disturbance;
  readonly backlog: Backlog;
}

/** @throws Error when the port is taken */
export const startEntrance = async (
  { httpPort: port, report, store, disturbance, backlog }: EntranceOptions,
  closers: Closers,
): Promise<Entrance> => {
  const authorizer = createAuthorizer();
  const running = createRunningInvocations();
  const api = countedApi(disturbedApi(createApi({ authorizer, report }), disturbance, running), backlog);
  const keys = createRoleKeys();
  const responses = createCustomResourceResponses();
  const frontEnd = await createHttpFrontEnd({
    api,
    port,
    principalOf: keys.principalOf,
    // Until then, only functions are heard: those that the deployment calls.
    accountMayCall: new Promise<void>((resolve) => store.onStart(resolve)),
    onConnection: store.holdOutput,
    extraRoutes: responses.handle,
    report,
  });
  closers.add(() => frontEnd.close());
  return { api, authorizer, keys, running, responses, endpointUrl: frontEnd.url };
};
