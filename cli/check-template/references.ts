import { withImplicitRoles } from '../../local/template/implicit-roles';
import { attributesIn, conditionsIn, referencesIn } from '../../local/template/intrinsics';
import { CfnSchema } from './cfn-schema';
import type { Check } from './project';

const PSEUDO = ['AccountId', 'NoValue', 'NotificationARNs', 'Partition', 'Region', 'StackId', 'StackName', 'URLSuffix'];
/** What SAM's own resources return. */
const SAM_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  'AWS::Serverless::Function': ['Arn'],
  'AWS::Serverless::StateMachine': ['Arn', 'Name'],
};

/** Every Ref, GetAtt, Sub and If names something that is there; every parameter and condition is used. */
export const checkReferences: Check = ({ template }) => {
  const schema = new CfnSchema();
  const resources = withImplicitRoles(template).Resources;
  const places = Object.entries({
    ...Object.fromEntries(Object.entries(template.Resources).map(([id, { Properties }]) => [id, Properties])),
    Globals: template.Globals,
    Conditions: template.Conditions,
    Outputs: template.Outputs,
  });
  const known = new Set([
    ...Object.keys(template.Parameters),
    ...Object.keys(resources),
    ...PSEUDO.map((name) => `AWS::${name}`),
  ]);
  const used = new Set(places.flatMap(([, value]) => [...referencesIn(value), ...conditionsIn(value)]));
  const attributesOf = (type: string) => SAM_ATTRIBUTES[type] ?? schema.attributes(type);
  return [
    ...places.flatMap(([place, value]) => [
      ...referencesIn(value)
        .filter((name) => !known.has(name))
        .map((name) => `${place}: ${name} is neither a parameter nor a resource of the template`),
      ...attributesIn(value).flatMap(([logicalId, attribute]) => {
        const type = resources[logicalId]?.Type;
        if (type === undefined || type.startsWith('Custom::')) return [];
        return attributesOf(type).includes(attribute)
          ? []
          : [`${place}: ${logicalId} (${type}) has no attribute ${attribute}, it has ${attributesOf(type).join(', ')}`];
      }),
      ...conditionsIn(value)
        .filter((name) => !(name in template.Conditions))
        .map((name) => `${place}: condition ${name} is not in the template`),
    ]),
    ...[...Object.keys(template.Parameters), ...Object.keys(template.Conditions)]
      .filter((name) => !used.has(name))
      .map((name) => `${name}: nothing uses it`),
  ];
};
