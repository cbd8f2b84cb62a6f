import { GetExecutionHistoryCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { LocalEvent } from '../../../local/core/api';
import { AwsError } from '../../../local/core/aws-error';
import { createStsService } from '../../../local/services/sts/sts-service';
import { fakeService, type Harness, ROLE, signedFor, startFrontEnd } from './wire-harness';

describe('the HTTP front end', () => {
  const states = fakeService('states', {
    ListExecutions: { executions: [{ name: 'run', startDate: new Date(1_700_000_000_250) }] },
    GetExecutionHistory: new TypeError('a bug'),
  });
  const sns = fakeService('sns', {
    Publish: new AwsError('InvalidParameterException', 'Invalid parameter: <a> & more'),
  });
  const sqs = fakeService('sqs', { GetQueueUrl: new AwsError('QueueDoesNotExist', 'no queue') });
  const sts = createStsService({ environment: { accountId: '000000000000', region: 'us-east-1' } });
  const events: LocalEvent[] = [];
  let started: Harness;
  beforeAll(async () => {
    started = await startFrontEnd([states.module, sns.module, sqs.module, sts], {
      report: (event) => events.push(event),
      extraRoutes: (request, response) => {
        if (request.url !== '/cfn-response/token') return false;
        response.end('thanks');
        return true;
      },
    });
  });
  afterAll(() => started.frontEnd.close());

  test('awsJson carries inputs and dates', async () => {
    const client = new SFNClient(started.config);
    const { executions } = await client.send(
      new ListExecutionsCommand({ stateMachineArn: 'arn:machine', maxResults: 5 }),
    );
    expect(states.inputs['ListExecutions']).toEqual({ stateMachineArn: 'arn:machine', maxResults: 5 });
    expect(executions?.[0]?.startDate).toEqual(new Date(1_700_000_000_250));
  });

  test('a bug in a service answers 500 and is reported', async () => {
    const call = new SFNClient(started.config).send(new GetExecutionHistoryCommand({ executionArn: 'arn:e' }));
    await expect(call).rejects.toMatchObject({ name: 'InternalFailure', message: 'Local mode failed: a bug' });
    expect(events).toContainEqual(
      expect.objectContaining({ level: 'error', source: 'http', message: 'POST /: a bug' }),
    );
  });

  test('the query protocol reads maps and bytes, and answers errors in XML', async () => {
    const input = {
      TopicArn: 'arn:t',
      Message: '{"x":"ä+ &=%"}',
      MessageAttributes: {
        kind: { DataType: 'String', StringValue: 'a&b' },
        data: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2]) },
      },
    };
    await expect(new SNSClient(started.config).send(new PublishCommand(input))).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Invalid parameter: <a> & more',
    });
    expect(sns.inputs['Publish']).toEqual(input);
  });

  test('SQS errors include the code of the query protocol', async () => {
    const call = new SQSClient(started.config).send(new GetQueueUrlCommand({ QueueName: 'q' }));
    await expect(call).rejects.toMatchObject({ Code: 'AWS.SimpleQueueService.NonExistentQueue', message: 'no queue' });
  });

  test('the access key decides who calls', async () => {
    const credentials = { accessKeyId: 'ROLE1', secretAccessKey: 'x' };
    const asRole = await new STSClient({ ...started.config, credentials }).send(new GetCallerIdentityCommand({}));
    const asAccount = await new STSClient(started.config).send(new GetCallerIdentityCommand({}));
    expect(asRole.Arn).toBe('arn:aws:sts::000000000000:assumed-role/Caller/local');
    expect(asAccount.Arn).toBe('arn:aws:iam::000000000000:root');
    expect(started.principals).toEqual([{ kind: 'role', roleArn: ROLE }]);
  });

  test('an unsigned request is refused with an explanation', async () => {
    const response = await fetch(`${started.frontEnd.url}/`, { method: 'POST', body: 'Action=ListTopics' });
    expect(response.status).toBe(403);
    expect(response.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
    expect(await response.json()).toMatchObject({ message: expect.stringContaining('is not signed') });
  });

  test('extra routes see unsigned requests first', async () => {
    const response = await fetch(`${started.frontEnd.url}/cfn-response/token`, { method: 'PUT', body: '{}' });
    expect(await response.text()).toBe('thanks');
  });

  test('the error for a service that does not exist locally names the service', async () => {
    const response = await fetch(started.frontEnd.url, { method: 'POST', headers: signedFor('ec2') });
    expect(response.status).toBe(501);
    expect(await response.json()).toMatchObject({ message: expect.stringContaining('no service "ec2"') });
  });

  test('a body that is not JSON is a SerializationException', async () => {
    const headers = { ...signedFor('states'), 'x-amz-target': 'AWSStepFunctions.ListExecutions' };
    const response = await fetch(started.frontEnd.url, { method: 'POST', headers, body: '{' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: 'SerializationException' });
  });

  test('close ends idle connections', async () => {
    const other = await startFrontEnd([]);
    const socket = connect(other.frontEnd.port, '127.0.0.1');
    await once(socket, 'connect');
    const ended = once(socket, 'close');
    await other.frontEnd.close();
    await ended;
    expect(socket.destroyed).toBe(true);
  });
});
