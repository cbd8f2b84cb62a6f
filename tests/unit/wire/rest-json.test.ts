import { CreateDynamicThingGroupCommand, IoTClient, ListThingsCommand, SearchIndexCommand } from '@aws-sdk/client-iot';
import { IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane';
import { DescribeJobExecutionCommand, IoTJobsDataPlaneClient } from '@aws-sdk/client-iot-jobs-data-plane';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { AwsError } from '../../../local/core/aws-error';
import { fakeService, type Harness, signedFor, startFrontEnd } from './wire-harness';

describe('REST JSON services', () => {
  const found = { thingName: 'sim-1', attributes: { firmwareVersion: '1' }, connectivity: { connected: true } };
  const iot = fakeService('iot', {
    CreateDynamicThingGroup: { thingGroupName: 'idle devices', indexName: 'AWS_Things' },
    SearchIndex: { things: [found] },
    DescribeJobExecution: { execution: { jobId: 'upgrade', queuedAt: new Date(1_700_000_000_500) } },
    DescribeThing: new AwsError('ResourceNotFoundException', 'no such thing', 404),
  });
  const iotdata = fakeService('iotdata', { Publish: {} });
  const jobsData = fakeService('iot-jobs-data', { DescribeJobExecution: { execution: { queuedAt: 1_700_000_000 } } });
  const lambda = fakeService('lambda', {
    Invoke: { StatusCode: 200, FunctionError: 'Unhandled', Payload: Buffer.from('{"errorMessage":"no"}') },
  });
  let started: Harness;
  beforeAll(async () => {
    started = await startFrontEnd([iot.module, iotdata.module, jobsData.module, lambda.module]);
  });
  afterAll(() => started.frontEnd.close());

  test('labels come decoded from the path and the other members from the body', async () => {
    const input = { thingGroupName: 'idle devices', queryString: 'connectivity.connected:true' };
    const answer = await new IoTClient(started.config).send(new CreateDynamicThingGroupCommand(input));
    expect(iot.inputs['CreateDynamicThingGroup']).toEqual(input);
    expect(answer).toMatchObject({ thingGroupName: 'idle devices', indexName: 'AWS_Things' });
  });

  test('SearchIndex answers the whole document of a thing', async () => {
    const input = { queryString: 'thingName:sim-*', maxResults: 10 };
    const { things } = await new IoTClient(started.config).send(new SearchIndexCommand(input));
    expect(iot.inputs['SearchIndex']).toEqual(input);
    expect(things).toEqual([found]);
  });

  test('the same path belongs to the service that the request is signed for', async () => {
    const input = { jobId: 'upgrade', thingName: 'sim-1', includeJobDocument: true, executionNumber: 2 };
    const client = new IoTJobsDataPlaneClient(started.config);
    const { execution } = await client.send(new DescribeJobExecutionCommand({ ...input, executionNumber: 2 }));
    expect(execution?.queuedAt).toBe(1_700_000_000);
    expect(jobsData.inputs['DescribeJobExecution']).toEqual(input);
    expect(iot.inputs['DescribeJobExecution']).toBeUndefined();
  });

  test('a topic with slashes and a raw payload arrive as they were sent', async () => {
    const input = {
      topic: 'controllers/c/agents/sim-1/usp/request',
      qos: 1,
      payload: Buffer.from([0, 1, 254, 255]),
      responseTopic: 'reply/to',
      userProperties: '[{"a":"b"}]',
    };
    await new IoTDataPlaneClient(started.config).send(new PublishCommand(input));
    expect(iotdata.inputs['Publish']).toEqual(input);
  });

  test('Invoke takes a function ARN and answers with the raw payload and the error header', async () => {
    const input = {
      FunctionName: 'arn:aws:lambda:us-east-1:000000000000:function:JobsCreateJob',
      InvocationType: 'RequestResponse' as const,
      Payload: Buffer.from('{"a":1}'),
    };
    const answer = await new LambdaClient(started.config).send(new InvokeCommand(input));
    expect(lambda.inputs['Invoke']).toEqual(input);
    expect(answer.FunctionError).toBe('Unhandled');
    expect(answer.Payload?.transformToString()).toBe('{"errorMessage":"no"}');
  });

  test('the error for an operation that is not emulated names the operation', async () => {
    await expect(new IoTClient(started.config).send(new ListThingsCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('iot:ListThings is not emulated by local mode'),
    });
  });

  test('an error keeps its name, message and status', async () => {
    const response = await fetch(`${started.frontEnd.url}/things/nobody`, { headers: signedFor('iot') });
    expect(response.status).toBe(404);
    expect(response.headers.get('x-amzn-errortype')).toBe('ResourceNotFoundException');
    expect(await response.json()).toEqual({ message: 'no such thing' });
  });

  test('the error for a field of the wrong type names the field', async () => {
    const body = JSON.stringify({ queryString: 5 });
    const request = { method: 'POST', headers: signedFor('iot'), body };
    const response = await fetch(`${started.frontEnd.url}/indices/search`, request);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ message: 'queryString: expected text, got 5.' });
  });

  test('the error for a path without an operation names the path', async () => {
    const response = await fetch(`${started.frontEnd.url}/no/such/path`, { headers: signedFor('iot') });
    expect(await response.json()).toEqual({ message: 'GET /no/such/path is not an operation of the service iot.' });
  });

  test('times are seconds since the epoch, with milliseconds as fraction', async () => {
    const response = await fetch(`${started.frontEnd.url}/things/t/jobs/j`, { headers: signedFor('iot') });
    expect(await response.json()).toEqual({ execution: { jobId: 'upgrade', queuedAt: 1_700_000_000.5 } });
  });
});
