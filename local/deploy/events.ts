import type { ResourceHandler } from './context';

/** AWS::Events::Rule whose targets are functions. */
export const createEventRule: ResourceHandler = async ({ logicalId, properties, targets, generatedName }) => {
  const name = properties.optionalText('Name') ?? generatedName(logicalId);
  const functionArns = properties.objects('Targets').map((target) => {
    const arn = target.text('Arn');
    if (!/^arn:[\w-]+:lambda:/.test(arn))
      throw target.problem('Arn', `local mode knows functions as targets, not ${arn}.`);
    target.meaningless('Id', 'DeadLetterConfig', 'RetryPolicy').finish();
    return arn;
  });
  const pattern = properties.optional('EventPattern');
  const schedule = properties.optionalText('ScheduleExpression');
  const { ruleArn } = targets.createEventRule({
    name,
    functionArns,
    ...(pattern !== undefined && { pattern }),
    schedule,
  });
  properties.meaningless('Description', 'State', 'Tags').finish();
  return { ref: name, attributes: { Arn: ruleArn } };
};
