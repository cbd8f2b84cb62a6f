import { randomUUID } from 'node:crypto';
import type {
  Authorizer,
  AwsApi,
  OperationHandler,
  Permission,
  Principal,
  Report,
  ServiceModule,
  ServiceName,
} from './api';
import { AwsError } from './aws-error';

/** IAM prefixes that differ from the signing name (Service Authorization Reference). */
const ACTION_PREFIXES: Readonly<Partial<Record<ServiceName, string>>> = {
  iotdata: 'iot',
  'iot-jobs-data': 'iotjobsdata',
};

/** Calls by `<service>:<Operation>`, e.g. `states:SendTaskSuccess`. */
export type CallCounts = Readonly<Record<string, number>>;

export interface LocalApi extends AwsApi {
  /** A second module of the same service replaces the first. */
  register(service: ServiceModule): void;
  /** Calls since the start or the last reset, including refused ones: by every caller, or by one kind of caller. */
  counts(caller?: Principal['kind']): CallCounts;
  /** The same by the ARN of the calling role; the account's own calls are under `account`. */
  countsByCaller(): Readonly<Record<string, CallCounts>>;
  resetCounts(): void;
}

interface LocalApiDependencies {
  readonly authorizer: Authorizer;
  readonly report?: Report;
}

const ACCOUNT = 'account';

const callerOf = (principal: Principal): string => (principal.kind === 'role' ? principal.roleArn : ACCOUNT);

/** Each handler takes the input of its own operation, which the type of the map cannot express. */
const invoke = (handler: OperationHandler, input: object, principal: Principal): unknown =>
  handler(input as never, { principal, requestId: randomUUID() });

const permissionsOf = (
  module: ServiceModule,
  operation: string,
  input: Readonly<Record<string, unknown>>,
): readonly Permission[] => {
  const several = module.permissionsOf?.(operation, input);
  if (several) return several;
  const action = module.actionOf?.(operation) ?? `${ACTION_PREFIXES[module.service] ?? module.service}:${operation}`;
  return [{ action, resources: module.resourcesOf(operation, input) }];
};

/** The router for all callers (HTTP, state machines, rules): finds the operation, authorizes roles, counts, calls. */
export const createApi = ({ authorizer, report }: LocalApiDependencies): LocalApi => {
  const services = new Map<ServiceName, ServiceModule>();
  const counts = new Map<string, Map<string, number>>();

  const count = (principal: Principal, name: string): void => {
    const caller = callerOf(principal);
    const ofCaller = counts.get(caller) ?? new Map<string, number>();
    counts.set(caller, ofCaller);
    ofCaller.set(name, (ofCaller.get(name) ?? 0) + 1);
  };

  const notEmulated = (service: ServiceName, operation: string): AwsError => {
    const operations = Object.keys(services.get(service)?.operations ?? {});
    const known =
      operations.length > 0 ? `of ${service} it has ${operations.sort().join(', ')}` : `it has no ${service}`;
    const message = `${service}:${operation} is not emulated by local mode (${known}).`;
    report?.({ level: 'warn', source: 'api', message: `${service}:${operation} is not emulated by local mode.` });
    return new AwsError('UnknownOperationException', message, 501);
  };

  return {
    register: (module) => void services.set(module.service, module),

    call: async (service, operation, input, principal) => {
      const module = services.get(service);
      const handler = module && Object.hasOwn(module.operations, operation) ? module.operations[operation] : undefined;
      if (!module || !handler) throw notEmulated(service, operation);
      count(principal, `${service}:${operation}`);
      if (principal.kind === 'role') {
        for (const { action, resources } of permissionsOf(module, operation, input))
          authorizer.authorize(principal, action, resources);
      }
      return invoke(handler, input, principal);
    },

    counts: (kind) => {
      const total: Record<string, number> = {};
      for (const [caller, ofCaller] of counts) {
        if (kind && (kind === 'account') !== (caller === ACCOUNT)) continue;
        for (const [name, calls] of ofCaller) total[name] = (total[name] ?? 0) + calls;
      }
      return total;
    },
    countsByCaller: () =>
      Object.fromEntries([...counts].map(([caller, ofCaller]) => [caller, Object.fromEntries(ofCaller)])),
    resetCounts: () => counts.clear(),
  };
};
