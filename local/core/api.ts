/** Services of the embedded AWS, by the name that stands in the SigV4 credential scope (iotdata: `iotdata`). */
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
  | 'secretsmanager';

/** Who calls: the user of the laptop (allowed everything) or a role of the template (allowed what its policies say). */
export type Principal = { readonly kind: 'account' } | { readonly kind: 'role'; readonly roleArn: string };

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

/** One emulated service. An operation that is not in the map answers with an error that names it. */
export interface ServiceModule {
  readonly service: ServiceName;
  readonly operations: Readonly<Record<string, OperationHandler>>;
  /** The ARNs an IAM policy must allow for this call; `['*']` where AWS has no resource-level permission. */
  resourcesOf(operation: string, input: Readonly<Record<string, unknown>>): readonly string[];
  /** The IAM action, where it is not `<service prefix>:<Operation>`. */
  actionOf?(operation: string): string;
}

/** The way into every service, for the wire front end, the state machines and the rules alike. Authorizes, counts, dispatches. */
export interface AwsApi {
  /** @throws AwsError AccessDeniedException, UnknownOperationException, or what the operation throws */
  call(
    service: ServiceName,
    operation: string,
    input: Readonly<Record<string, unknown>>,
    principal: Principal,
  ): Promise<unknown>;
}

/** Decides whether a role may do something. Implemented by the IAM evaluator. */
export interface Authorizer {
  /** @throws AwsError AccessDeniedException that names principal, action and resource */
  authorize(principal: Principal, action: string, resources: readonly string[]): void;
}

/** Where a local deployment lives. */
export interface Environment {
  readonly accountId: string;
  readonly region: string;
}

/** Something a person running local mode should see or that metrics count: a failed rule, a dead letter, … */
export interface LocalEvent {
  readonly level: 'info' | 'warn' | 'error';
  readonly source: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}
export type Report = (event: LocalEvent) => void;
