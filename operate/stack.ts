import {
  type CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';

export interface StackResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
}

/** A deployed stack. */
export interface Stack {
  readonly name: string;
  readonly arn: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: readonly StackResource[];
}

const resourcesOf = async (client: CloudFormationClient, StackName: string): Promise<readonly StackResource[]> => {
  const resources: StackResource[] = [];
  for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName }))
    for (const { LogicalResourceId, PhysicalResourceId, ResourceType } of StackResourceSummaries)
      if (LogicalResourceId && PhysicalResourceId && ResourceType)
        resources.push({ logicalId: LogicalResourceId, physicalId: PhysicalResourceId, type: ResourceType });
  return resources;
};

const isMissing = (error: unknown) =>
  error instanceof Error && error.name === 'ValidationError' && error.message.includes('does not exist');

/** @throws Error that names the stack when it does not exist */
export const describeStack = async (client: CloudFormationClient, name: string): Promise<Stack> => {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    const outputs = (Stacks[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]);
    return {
      name,
      arn: Stacks[0]?.StackId ?? '',
      outputs: Object.fromEntries(outputs) as Record<string, string>,
      resources: await resourcesOf(client, name),
    };
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new Error(`--stack ${name}: no such stack here. Deploy it, or give its name, --region and --endpoint-url.`);
  }
};

/** @throws Error that names the output when the stack has none of that name */
export const outputOf = ({ name, outputs }: Stack, key: string): string => {
  const value = outputs[key];
  if (value === undefined) throw new Error(`Stack ${name} has no output ${key}: is it a stack of this template?`);
  return value;
};

/** The name in the template of what has this name, physical id or ARN; the name itself for what is not of the stack. */
export const logicalIdOf = ({ resources }: Stack, idOrArn: string): string => {
  // arn:aws:lambda:us-east-1:000000000000:function:NAME, with or without :ALIAS
  const name = idOrArn.startsWith('arn:') ? (idOrArn.split(':')[6] ?? idOrArn) : idOrArn;
  return resources.find(({ physicalId }) => physicalId === idOrArn || physicalId === name)?.logicalId ?? name;
};
