import type { DescribeStacksCommandInput, ListStackResourcesCommandInput } from '@aws-sdk/client-cloudformation';
import type { ServiceModule } from '../../core/api';
import { AwsError } from '../../core/aws-error';
import type { Clock } from '../../core/clock';

/** A resource of a deployed stack; `type` as CloudFormation has it after the SAM transform. */
export interface StackResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
}

export interface DeployedStack {
  readonly stackName: string;
  readonly stackId: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: readonly StackResource[];
}

export interface CloudFormationService extends ServiceModule {
  /** Adds a stack when its deployment is complete. */
  add(stack: DeployedStack): void;
}

const PAGE = 100;

/**
 * DescribeStacks and ListStackResources, read-only. Subscriptions and permissions, which SAM makes of a function's events,
 * are not listed.
 */
export const createCloudFormationService = ({ clock }: { readonly clock: Clock }): CloudFormationService => {
  const stacks = new Map<string, DeployedStack & { readonly deployedAt: Date }>();
  const find = (nameOrId = '') => {
    const stack = stacks.get(nameOrId) ?? [...stacks.values()].find(({ stackId }) => stackId === nameOrId);
    if (stack) return stack;
    throw new AwsError('ValidationError', `Stack with id ${nameOrId} does not exist`, 400);
  };
  return {
    service: 'cloudformation',
    operations: {
      DescribeStacks: ({ StackName }: DescribeStacksCommandInput) => ({
        Stacks: (StackName === undefined ? [...stacks.values()] : [find(StackName)]).map((stack) => ({
          StackId: stack.stackId,
          StackName: stack.stackName,
          StackStatus: 'CREATE_COMPLETE',
          CreationTime: stack.deployedAt,
          Parameters: Object.entries(stack.parameters).map(([ParameterKey, ParameterValue]) => ({
            ParameterKey,
            ParameterValue,
          })),
          Outputs: Object.entries(stack.outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
        })),
      }),
      ListStackResources: ({ StackName, NextToken = '0' }: ListStackResourcesCommandInput) => {
        const { resources, deployedAt } = find(StackName);
        const end = Number(NextToken) + PAGE;
        return {
          StackResourceSummaries: resources.slice(Number(NextToken), end).map(({ logicalId, physicalId, type }) => ({
            LogicalResourceId: logicalId,
            PhysicalResourceId: physicalId,
            ResourceType: type,
            ResourceStatus: 'CREATE_COMPLETE',
            LastUpdatedTimestamp: deployedAt,
          })),
          NextToken: end < resources.length ? String(end) : undefined,
        };
      },
    },
    resourcesOf: (_operation, { StackName }) => [
      stacks.get(String(StackName))?.stackId ?? (typeof StackName === 'string' ? StackName : '*'),
    ],
    add: (stack) => void stacks.set(stack.stackName, { ...stack, deployedAt: new Date(clock.now()) }),
  };
};
