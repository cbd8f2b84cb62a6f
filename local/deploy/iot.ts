import { callAs, callUnless, isUnchanged, type ResourceHandler } from './context';
import { lowerFirst } from './names';

/** AWS::IoT::JobTemplate */
export const createJobTemplate: ResourceHandler = async (context) => {
  const { properties, environment } = context;
  const jobTemplateId = properties.text('JobTemplateId');
  const optional = [
    'JobExecutionsRolloutConfig',
    'AbortConfig',
    'TimeoutConfig',
    'JobExecutionsRetryConfig',
    'MaintenanceWindows',
  ].flatMap((name) => {
    const value = properties.optional(name);
    return value === undefined ? [] : [[`${name.charAt(0).toLowerCase()}${name.slice(1)}`, lowerFirst(value)] as const];
  });
  const input = {
    jobTemplateId,
    description: properties.text('Description'),
    document: properties.text('Document'),
    ...Object.fromEntries(optional),
  };
  properties.meaningless('Tags').finish();
  if (!isUnchanged(context)) {
    await callUnless('ResourceNotFoundException', context, 'iot', 'DeleteJobTemplate', { jobTemplateId });
    await callAs(context, 'iot', 'CreateJobTemplate', input);
  }
  const Arn = `arn:aws:iot:${environment.region}:${environment.accountId}:jobtemplate/${jobTemplateId}`;
  return { ref: jobTemplateId, attributes: { Arn } };
};

/** AWS::IoT::Policy */
export const createIotPolicy: ResourceHandler = async (context) => {
  const { logicalId, properties, generatedName, environment } = context;
  const policyName = properties.optionalText('PolicyName') ?? generatedName(logicalId);
  const policyDocument = JSON.stringify(properties.required('PolicyDocument'));
  properties.meaningless('Tags').finish();
  const created = await callUnless('ResourceAlreadyExistsException', context, 'iot', 'CreatePolicy', {
    ...{ policyName, policyDocument },
  });
  if (!created && !isUnchanged(context))
    await callAs(context, 'iot', 'CreatePolicyVersion', { policyName, policyDocument, setAsDefault: true });
  return {
    ref: policyName,
    attributes: { Arn: `arn:aws:iot:${environment.region}:${environment.accountId}:policy/${policyName}` },
  };
};
