import { isDeepStrictEqual } from 'node:util';
import type { AwsApi, Environment, Report } from '../core/api';
import { AwsError } from '../core/aws-error';
import { ACCOUNT_PRINCIPAL, type ServiceName } from '../core/api';
import type { EventRule } from '../services/events/events-service';
import type { FunctionDefinition } from '../services/lambda/lambda-service';
import type { PolicyDocument } from '../services/iam/authorizer';
import type { RuleDefinition } from '../services/rules/rule';
import type { TemplateResource } from '../template/parse-template';
import type { StackRecord, DeployedResource } from './stack-record';
import type { PropertyReader } from './property-reader';

/** What a created resource answers to Ref and GetAtt. */
export interface CreatedResource {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** What SAM makes of the resource besides: refs by type and name. */
  readonly parts?: readonly { readonly name: string; readonly type: string; readonly ref: string }[];
}

/** What deployment needs beside the public API of the services. */
export interface DeployTargets {
  readonly api: AwsApi;
  readonly createFunction: (definition: FunctionDefinition) => { readonly functionArn: string };
  readonly createStateMachine: (input: { name: string; definition: unknown; roleArn: string }) => {
    readonly stateMachineArn: string;
  };
  readonly createRule: (definition: RuleDefinition & { readonly replaces: boolean }) => { readonly ruleArn: string };
  readonly createEventRule: (rule: EventRule) => { readonly ruleArn: string };
  readonly setRolePolicies: (roleArn: string, documents: readonly PolicyDocument[]) => void;
  readonly record: StackRecord;
  readonly report: Report;
  /** An address that a custom resource may PUT its answer to, and the answer. */
  readonly expectAnswer: () => { readonly url: string; readonly answer: Promise<unknown> };
}

export interface ResourceContext {
  readonly logicalId: string;
  readonly resource: TemplateResource;
  readonly properties: PropertyReader;
  /** The properties as the template has them, references resolved. */
  readonly resolved: unknown;
  /** The resource as an earlier deployment to the same data left it. */
  readonly previous: DeployedResource | undefined;
  readonly environment: Environment;
  readonly stackName: string;
  readonly stackId: string;
  /** Folder of the template. */
  readonly root: string;
  readonly bundlePathOf: (logicalId: string) => string;
  readonly targets: DeployTargets;
  /** A name that no other stack has, stable over deployments. */
  readonly generatedName: (logicalId: string) => string;
}

export type ResourceHandler = (context: ResourceContext) => Promise<CreatedResource>;

/** Whether the resource is there already, with the same properties. */
export const isUnchanged = ({ previous, resolved, resource }: ResourceContext): boolean =>
  previous?.type === resource.Type && isDeepStrictEqual(previous.properties, resolved);

/** Calls a service as the person who deploys. */
export const callAs = (
  { targets }: ResourceContext,
  service: ServiceName,
  operation: string,
  input: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> =>
  targets.api
    .call(service, operation, input, ACCOUNT_PRINCIPAL)
    .then((output) =>
      typeof output === 'object' && output !== null ? Object.fromEntries(Object.entries(output)) : {},
    );

/** The same, or undefined when the service fails with this error. */
export const callUnless = (
  code: string,
  ...call: Parameters<typeof callAs>
): Promise<Readonly<Record<string, unknown>> | undefined> =>
  callAs(...call).catch((error: unknown) => {
    if (error instanceof AwsError && error.code === code) return undefined;
    throw error;
  });
