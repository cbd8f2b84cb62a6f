import type { ResourceHandler } from './context';

/** AWS::Events::Rule whose targets are functions. */
export const createEventRule: ResourceHandler = async ({
  logicalId,
  properties,
  targets: { createEventRule: create },
  generatedName,
}) => {
  const name = properties.optionalText('Name') ?? generatedName(logicalId);
  const targets = properties.objects('Targets').map((target) => {
    const functionArn = target.text('Arn');
    if (!/^arn:[\w-]+:lambda:/.test(functionArn))
      throw target.problem('Arn', `local mode knows functions as targets, not ${functionArn}.`);
    const deadLetterQueueArn = target.optionalObject('DeadLetterConfig')?.text('Arn');
    target.meaningless('Id', 'RetryPolicy').finish();
    return { functionArn, deadLetterQueueArn };
  });
  const pattern = properties.optional('EventPattern');
  const schedule = properties.optionalText('ScheduleExpression');
  const { ruleArn } = create({
    name,
    targets,
    ...(pattern !== undefined && { pattern }),
    schedule,
  });
  properties.meaningless('Description', 'State', 'Tags').finish();
  return { ref: name, attributes: { Arn: ruleArn } };
};
