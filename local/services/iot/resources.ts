import type { Arns, ResourceKind } from './arns';

type Input = Readonly<Record<string, unknown>>;

const text = (input: Input, member: string): string | undefined => {
  const value = input[member];
  return typeof value === 'string' ? value : undefined;
};
const texts = (input: Input, member: string): string[] => {
  const value = input[member];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
};

/** Operations on one named resource: the kind of its ARN and the member with its name. */
const NAMED_RESOURCES: Readonly<Record<string, readonly [ResourceKind, string]>> = {
  CreateThing: ['thing', 'thingName'],
  DescribeThing: ['thing', 'thingName'],
  GetThingConnectivityData: ['thing', 'thingName'],
  UpdateThing: ['thing', 'thingName'],
  DeleteThing: ['thing', 'thingName'],
  ListThingGroupsForThing: ['thing', 'thingName'],
  ListThingPrincipals: ['thing', 'thingName'],
  ListJobExecutionsForThing: ['thing', 'thingName'],
  CreateThingType: ['thingtype', 'thingTypeName'],
  DescribeThingType: ['thingtype', 'thingTypeName'],
  CreateThingGroup: ['thinggroup', 'thingGroupName'],
  DescribeThingGroup: ['thinggroup', 'thingGroupName'],
  DeleteThingGroup: ['thinggroup', 'thingGroupName'],
  ListThingsInThingGroup: ['thinggroup', 'thingGroupName'],
  CreateDynamicThingGroup: ['thinggroup', 'thingGroupName'],
  UpdateDynamicThingGroup: ['thinggroup', 'thingGroupName'],
  DeleteDynamicThingGroup: ['thinggroup', 'thingGroupName'],
  DescribeCertificate: ['cert', 'certificateId'],
  UpdateCertificate: ['cert', 'certificateId'],
  DeleteCertificate: ['cert', 'certificateId'],
  CreatePolicy: ['policy', 'policyName'],
  CreatePolicyVersion: ['policy', 'policyName'],
  GetPolicy: ['policy', 'policyName'],
  DeletePolicy: ['policy', 'policyName'],
  ListTargetsForPolicy: ['policy', 'policyName'],
  DescribeJob: ['job', 'jobId'],
  GetJobDocument: ['job', 'jobId'],
  UpdateJob: ['job', 'jobId'],
  CancelJob: ['job', 'jobId'],
  DeleteJob: ['job', 'jobId'],
  ListJobExecutionsForJob: ['job', 'jobId'],
  DescribeJobTemplate: ['jobtemplate', 'jobTemplateId'],
  DeleteJobTemplate: ['jobtemplate', 'jobTemplateId'],
};

/**
 * The ARNs an IAM policy must allow for an operation (Service Authorization Reference, AWS IoT); `*` where AWS has no
 * resource-level permission.
 */
export const resourcesOfOperation = (arns: Arns, operation: string, input: Input): readonly string[] => {
  const named = NAMED_RESOURCES[operation];
  const arnOf = (kind: ResourceKind, member: string): string[] => {
    const name = text(input, member);
    return name === undefined ? [] : [arns.of(kind, name)];
  };
  const given = (member: string): string[] => {
    const arn = text(input, member);
    return arn === undefined ? [] : [arn];
  };
  const resources = (): string[] => {
    switch (operation) {
      case 'SearchIndex':
      case 'GetStatistics':
      case 'GetBucketsAggregation':
      case 'DescribeIndex':
        return [arns.of('index', text(input, 'indexName') ?? 'AWS_Things')];
      case 'CreateJob':
        return [...arnOf('job', 'jobId'), ...texts(input, 'targets'), ...given('jobTemplateArn')];
      case 'AssociateTargetsWithJob':
        return [...arnOf('job', 'jobId'), ...texts(input, 'targets')];
      case 'CreateJobTemplate':
        return [...arnOf('jobtemplate', 'jobTemplateId'), ...given('jobArn')];
      case 'DescribeJobExecution':
      case 'CancelJobExecution':
      case 'DeleteJobExecution':
        return [...arnOf('job', 'jobId'), ...arnOf('thing', 'thingName')];
      case 'AddThingToThingGroup':
      case 'RemoveThingFromThingGroup':
        return [
          ...arnOf('thing', 'thingName'),
          ...given('thingArn'),
          ...arnOf('thinggroup', 'thingGroupName'),
          ...given('thingGroupArn'),
        ];
      case 'AttachPolicy':
      case 'DetachPolicy':
      case 'ListAttachedPolicies':
        return given('target');
      default:
        return named ? arnOf(...named) : [];
    }
  };
  const found = resources();
  return found.length > 0 ? found : ['*'];
};
