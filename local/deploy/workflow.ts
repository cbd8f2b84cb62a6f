import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { substituted } from '../template/substitutions';
import type { ResourceHandler } from './context';
import { managedPolicy } from './managed-policies';
import { parsePolicies } from './policies';

/** AWS::IAM::Role with inline policies, and those managed ones that SAM attaches. */
export const createRole: ResourceHandler = async ({ logicalId, properties, targets, generatedName, environment }) => {
  const name = properties.optionalText('RoleName') ?? generatedName(logicalId);
  const Arn = `arn:aws:iam::${environment.accountId}:role/${name}`;
  const attached = (properties.optional('ManagedPolicyArns') === undefined ? [] : properties.list('ManagedPolicyArns'))
    .map(String)
    .map((policyArn) => {
      const document = managedPolicy(policyArn);
      if (!document) throw properties.problem('ManagedPolicyArns', `local mode does not know ${policyArn}.`);
      return document;
    });
  targets.setRolePolicies(Arn, [...parsePolicies(properties, 'Policies'), ...attached]);
  properties.meaningless('AssumeRolePolicyDocument', 'Description', 'Tags').finish();
  return { ref: name, attributes: { Arn } };
};

/** AWS::Serverless::StateMachine with its definition in a file. */
export const createStateMachine: ResourceHandler = async ({ logicalId, properties, targets, generatedName, root }) => {
  const name = properties.optionalText('Name') ?? generatedName(logicalId);
  const file = properties.text('DefinitionUri');
  const substitutions =
    properties.optional('DefinitionSubstitutions') === undefined ? {} : properties.texts('DefinitionSubstitutions');
  const text = substituted(await readFile(join(root, file), 'utf8'), (key) => {
    const value = substitutions[key];
    if (value === undefined)
      throw properties.problem('DefinitionSubstitutions', `${file} wants a value for \${${key}}.`);
    return value;
  });
  let definition: unknown;
  try {
    definition = JSON.parse(text);
  } catch (error) {
    throw properties.problem('DefinitionUri', `${file} is not JSON after its substitutions: ${String(error)}`);
  }
  const type = properties.optionalText('Type') ?? 'STANDARD';
  if (type !== 'STANDARD') throw properties.problem('Type', `local mode runs STANDARD state machines, not ${type}.`);
  const { stateMachineArn } = targets.createStateMachine({ name, definition, roleArn: properties.text('Role') });
  properties.meaningless('Tracing', 'Logging', 'Tags').finish();
  return { ref: stateMachineArn, attributes: { Arn: stateMachineArn, Name: name } };
};
