import { randomUUID } from 'node:crypto';
import type { Action } from '@aws-sdk/client-iot';
import type { AwsApi, Environment } from '../../core/api';
import { AwsError } from '../../core/aws-error';
import { republishHeaders } from './republish-headers';
import type { Evaluation } from './sql/evaluate';
import { type SqlValue, toText } from './sql/values';
import { type Template, parseTemplate } from './template';

/** What actions need from the rest of local mode. */
export interface ActionDeps {
  readonly api: AwsApi;
  readonly environment: Environment;
  /** Invokes a function asynchronously, as AWS IoT does. */
  readonly invokeLambda: (functionArn: string, event: unknown) => void;
}

/** An action that is ready to run. */
export interface RuleAction {
  /** Name of the action in error messages of AWS IoT, such as `LambdaAction`. */
  readonly name: string;
  /** What it acts on, such as a function's ARN. */
  readonly resource: string;
  /** @throws Error when the service refuses */
  run(output: SqlValue, evaluation: Evaluation): Promise<unknown>;
}

type Parse = (text: string) => Template;
type Build<K extends keyof Action> = (parameters: NonNullable<Action[K]>, deps: ActionDeps, parse: Parse) => RuleAction;

/** The maximum length of an execution name. */
const MAX_EXECUTION_NAME = 80;

const textOf = (output: SqlValue): string => toText(output) ?? '';
const bytesOf = (output: SqlValue): Buffer => (Buffer.isBuffer(output) ? output : Buffer.from(textOf(output)));
const refuseBytes = (output: SqlValue, action: string) => {
  if (Buffer.isBuffer(output))
    throw new Error(`a ${action} action cannot take a payload that is not JSON; use encode(*, 'base64') in the SQL`);
};

const required = (value: string | undefined, name: string): string => {
  if (!value) throw new AwsError('InvalidRequestException', `the rule's action lacks ${name}`);
  return value;
};

const asRole = (roleArn: string | undefined, action: string) =>
  ({ kind: 'role', roleArn: required(roleArn, `${action}.roleArn`) }) as const;

const lambda: Build<'lambda'> = (parameters, { invokeLambda }) => {
  const functionArn = required(parameters.functionArn, 'lambda.functionArn');
  return {
    name: 'LambdaAction',
    resource: functionArn,
    run: async (output) => {
      refuseBytes(output, 'lambda');
      invokeLambda(functionArn, output);
    },
  };
};

const stepFunctions: Build<'stepFunctions'> = (parameters, { api, environment }, parse) => {
  const stateMachineName = required(parameters.stateMachineName, 'stepFunctions.stateMachineName');
  const role = asRole(parameters.roleArn, 'stepFunctions');
  const prefix = parse(parameters.executionNamePrefix ?? '');
  const { region, accountId } = environment;
  const stateMachineArn = `arn:aws:states:${region}:${accountId}:stateMachine:${stateMachineName}`;
  return {
    name: 'StepFunctionsAction',
    resource: stateMachineName,
    run: (output, evaluation) => {
      refuseBytes(output, 'stepFunctions');
      const id = randomUUID();
      const name = `${prefix(evaluation).slice(0, MAX_EXECUTION_NAME - id.length)}${id}`;
      return api.call('states', 'StartExecution', { stateMachineArn, name, input: JSON.stringify(output) }, role);
    },
  };
};

const sns: Build<'sns'> = (parameters, { api }, parse) => {
  const targetArn = required(parameters.targetArn, 'sns.targetArn');
  const target = parse(targetArn);
  const role = asRole(parameters.roleArn, 'sns');
  const structure = parameters.messageFormat === 'JSON' ? { MessageStructure: 'json' } : {};
  return {
    name: 'SnsAction',
    resource: targetArn,
    run: (output, evaluation) =>
      api.call('sns', 'Publish', { TopicArn: target(evaluation), Message: textOf(output), ...structure }, role),
  };
};

const sqs: Build<'sqs'> = (parameters, { api }, parse) => {
  const queueUrl = required(parameters.queueUrl, 'sqs.queueUrl');
  const queue = parse(queueUrl);
  const role = asRole(parameters.roleArn, 'sqs');
  return {
    name: 'SqsAction',
    resource: queueUrl,
    run: (output, evaluation) => {
      const MessageBody = parameters.useBase64 ? bytesOf(output).toString('base64') : textOf(output);
      return api.call('sqs', 'SendMessage', { QueueUrl: queue(evaluation), MessageBody }, role);
    },
  };
};

const republish: Build<'republish'> = (parameters, { api }, parse) => {
  const text = required(parameters.topic, 'republish.topic');
  // A reserved topic begins with $$, so that it is not a substitution template.
  const topic = parse(text.replace(/^\$\$/, '$'));
  const role = asRole(parameters.roleArn, 'republish');
  const qos = parameters.qos ?? 0;
  const headers = republishHeaders(parameters.headers, parse);
  return {
    name: 'RepublishAction',
    resource: text,
    run: (output, evaluation) =>
      api.call(
        'iotdata',
        'Publish',
        { topic: topic(evaluation), payload: bytesOf(output), qos, ...headers(evaluation) },
        role,
      ),
  };
};

const s3: Build<'s3'> = (parameters, { api }, parse) => {
  const Bucket = required(parameters.bucketName, 's3.bucketName');
  const key = parse(required(parameters.key, 's3.key'));
  const role = asRole(parameters.roleArn, 's3');
  return {
    name: 'S3Action',
    resource: Bucket,
    run: (output, evaluation) =>
      api.call('s3', 'PutObject', { Bucket, Key: key(evaluation), Body: bytesOf(output) }, role),
  };
};

const EMULATED = 'lambda, stepFunctions, sns, sqs, republish, s3';

/**
 * Prepares one action of a rule.
 * @param variables of the rule's SET clause, for substitution templates
 * @throws AwsError InvalidRequestException for an action that is not emulated, lacks a parameter or has an invalid template
 */
export const buildAction = (action: Action, deps: ActionDeps, variables: ReadonlySet<string>): RuleAction => {
  const parse = (text: string) => {
    try {
      return parseTemplate(text, variables);
    } catch (error) {
      throw new AwsError('InvalidRequestException', error instanceof Error ? error.message : String(error));
    }
  };
  if (action.lambda) return lambda(action.lambda, deps, parse);
  if (action.stepFunctions) return stepFunctions(action.stepFunctions, deps, parse);
  if (action.sns) return sns(action.sns, deps, parse);
  if (action.sqs) return sqs(action.sqs, deps, parse);
  if (action.republish) return republish(action.republish, deps, parse);
  if (action.s3) return s3(action.s3, deps, parse);
  const names = Object.keys(action).join(', ') || 'an empty action';
  throw new AwsError('InvalidRequestException', `${names}: not emulated by local mode (emulated actions: ${EMULATED})`);
};
