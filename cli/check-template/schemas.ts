import { withGlobals } from '../../local/template/globals';
import { CfnSchema } from './cfn-schema';
import { isRecord, type Check } from './project';

/** Properties of a Lambda function that SAM hands through, and that the published SAM specification does not list yet. */
const PASSED_THROUGH = ['LoggingConfig'];

const functionProblems = (schema: CfnSchema, logicalId: string, properties: Readonly<Record<string, unknown>>) => {
  const { Events = {}, ...rest } = properties;
  const passed = Object.entries(rest).filter(([name]) => PASSED_THROUGH.includes(name));
  const own = Object.entries(rest).filter(([name]) => !PASSED_THROUGH.includes(name));
  // The specification's union of SAM events predates FilterPolicyScope: SNS events are checked as subscriptions.
  const events = Object.entries(isRecord(Events) ? Events : {}).flatMap(([name, event]) => {
    const { Type, Properties } = isRecord(event) ? event : {};
    if (Type !== 'SNS' || !isRecord(Properties))
      return [`${logicalId}.Properties.Events.${name}: an event of type SNS with Properties is expected`];
    const { Topic, ...attributes } = Properties;
    return schema
      .check(logicalId, 'AWS::SNS::Subscription', { TopicArn: Topic, Protocol: 'lambda', ...attributes })
      .map((problem) => problem.replace('.Properties', `.Properties.Events.${name}.Properties`));
  });
  return [
    ...schema.check(logicalId, 'AWS::Serverless::Function', Object.fromEntries(own)),
    // Code is what SAM makes from CodeUri, Role is checked above.
    ...schema.check(logicalId, 'AWS::Lambda::Function', { Code: {}, Role: '', ...Object.fromEntries(passed) }),
    ...events,
  ];
};

/** Every resource against the schemas of CloudFormation and SAM: properties known, of the right type, complete. */
export const checkSchemas: Check = ({ template }) => {
  const schema = new CfnSchema();
  return Object.entries(template.Resources).flatMap(([logicalId, resource]) => {
    const { Type, Properties } = resource;
    if (Type === 'AWS::Serverless::Function')
      return functionProblems(schema, logicalId, withGlobals(template, resource));
    if (Type.startsWith('Custom::'))
      return 'ServiceToken' in Properties ? [] : [`${logicalId}.Properties.ServiceToken: required property is missing`];
    return schema.check(logicalId, Type, Properties);
  });
};
