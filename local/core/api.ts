/** Services of the embedded AWS, by their names in the SigV4 credential scope. */
export type ServiceName =
  | 'iot'
  | 'iotdata'
  | 'iot-jobs-data'
  | 'sns'
  | 'states'
  | 'dynamodb'
  | 's3'
  | 'lambda'
  | 'sqs'
  | 'sts'
  | 'iam'
  | 'cloudformation'
  | 'secretsmanager';

/** The caller: the account, which may do everything, or a role of the template, which may do what its policies allow. */
export type Principal =
  | { readonly kind: 'account' }
  | {
      readonly kind: 'role';
      readonly roleArn: string;
      /** Of the invocation, when a function calls. */
      readonly traceId?: string;
    };

export const ACCOUNT_PRINCIPAL: Principal = { kind: 'account' };

export interface CallContext {
  readonly principal: Principal;
  readonly requestId: string;
}

/**
 * One API operation. Inputs and outputs have the shape of the AWS SDK for JavaScript v3 command
 * (`CreateThingCommandInput`, …); the wire front end parses requests into it with the SDK's own schema.
 */
export type OperationHandler = (input: never, context: CallContext) => unknown;

/** One emulated service. Calling an operation that is not in the map fails with an error that names it. */
export interface ServiceModule {
  readonly service: ServiceName;
  readonly operations: Readonly<Record<string, OperationHandler>>;
  /** The ARNs an IAM policy must allow for this call; `['*']` where AWS has no resource-level permission. */
  resourcesOf(operation: string, input: Readonly<Record<string, unknown>>): readonly string[];
  /** The IAM action, where it is not `<service prefix>:<Operation>`. */
  actionOf?(operation: string): string;
  /** Where a call needs other permissions than one for the operation itself; undefined where it does not. */
  permissionsOf?(operation: string, input: Readonly<Record<string, unknown>>): readonly Permission[] | undefined;
}

/** An IAM action and the ARNs that a policy must allow it for. */
export interface Permission {
  readonly action: string;
  readonly resources: readonly string[];
}

/** How the wire front end, the state machines and the rules call every service. Authorizes, counts, dispatches. */
export interface AwsApi {
  /** @throws AwsError AccessDeniedException, UnknownOperationException, or what the operation throws */
  call(
    service: ServiceName,
    operation: string,
    input: Readonly<Record<string, unknown>>,
    principal: Principal,
  ): Promise<unknown>;
}

/** Decides whether a principal may do something. The IAM evaluator implements it. */
export interface Authorizer {
  /** @throws AwsError AccessDeniedException that names principal, action and resource */
  authorize(principal: Principal, action: string, resources: readonly string[]): void;
}

/** The account and region of a local deployment. */
export interface Environment {
  readonly accountId: string;
  readonly region: string;
}

/** Something that a person running local mode should see: a failed rule, a dead letter, … */
export interface LocalEvent {
  readonly level: 'info' | 'warn' | 'error';
  readonly source: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}
export type Report = (event: LocalEvent) => void;
