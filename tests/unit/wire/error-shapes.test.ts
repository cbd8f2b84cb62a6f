import { fakeService, type Harness, signedFor, startFrontEnd } from './wire-harness';

const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };

/** Every refusal in the form that the client's protocol reads (Smithy, AWS protocols; S3 API reference, error responses). */
describe('errors in the protocol of the request', () => {
  let started: Harness;
  beforeAll(async () => {
    started = await startFrontEnd([fakeService('s3', {}).module, fakeService('sns', {}).module]);
  });
  afterAll(() => started.frontEnd.close());

  const post = async (headers: Record<string, string>, body = '{}', path = '/', method = 'POST') => {
    const init = { method, headers, ...(method === 'POST' ? { body } : {}) };
    const response = await fetch(`${started.frontEnd.url}${path}`, init);
    const { status } = response;
    return {
      status,
      headers: response.headers,
      type: response.headers.get('content-type'),
      body: await response.text(),
    };
  };
  const json = (version: string, target: string) => ({
    'content-type': `application/x-amz-json-${version}`,
    'x-amz-target': target,
  });

  test.each(['1.0', '1.1'])('an unknown service of awsJson %s', async (version) => {
    const answer = await post({ ...signedFor('logs'), ...json(version, 'Logs_20140328.DescribeLogGroups') });
    expect(answer).toMatchObject({ status: 501, type: `application/x-amz-json-${version}` });
    expect(JSON.parse(answer.body)).toMatchObject({
      __type: 'UnknownServiceException',
      message: expect.stringContaining('no service "logs"'),
    });
  });

  test('an unknown service of the query protocol', async () => {
    const answer = await post({ ...signedFor('ec2'), ...FORM }, 'Action=DescribeInstances&Version=2016-11-15');
    expect(answer).toMatchObject({ status: 501, type: 'text/xml' });
    expect(answer.body).toMatch(/^<ErrorResponse.*<Error><Type>Receiver<\/Type><Code>UnknownServiceException<\/Code>/);
    expect(answer.body).toContain('no service &quot;ec2&quot;');
  });

  test('an unknown service of restJson', async () => {
    const answer = await post({ ...signedFor('execute-api'), 'content-type': 'application/json' }, '{}', '/v1/apps');
    expect(answer).toMatchObject({ status: 501, type: 'application/json' });
    expect(answer.headers.get('x-amzn-errortype')).toBe('UnknownServiceException');
    expect(JSON.parse(answer.body)).toMatchObject({ message: expect.stringContaining('no service "execute-api"') });
  });

  test('an unsigned call of the query protocol', async () => {
    const answer = await post(FORM, 'Action=GetCallerIdentity');
    expect(answer).toMatchObject({ status: 403, type: 'text/xml' });
    expect(answer.body).toContain('<Code>MissingAuthenticationTokenException</Code>');
  });

  test.each(['dynamodb', 'states', 'sqs', 'secretsmanager'])('an unknown operation of %s', async (service) => {
    const answer = await post({ ...signedFor(service), ...json('1.0', 'Prefix.NoSuchThing') });
    expect(answer).toMatchObject({ status: 400, type: 'application/x-amz-json-1.0' });
    expect(JSON.parse(answer.body)).toMatchObject({
      __type: 'UnknownOperationException',
      message: expect.stringContaining('Prefix.NoSuchThing'),
    });
  });

  test.each(['iot', 'iotdata', 'iot-jobs-data', 'lambda'])('an unknown operation of %s', async (service) => {
    const answer = await post(signedFor(service), '', '/no/such/path', 'GET');
    expect(answer).toMatchObject({ status: 404, type: 'application/json' });
    expect(answer.headers.get('x-amzn-errortype')).toBe('UnknownOperationException');
  });

  test.each(['sns', 'sts'])('an unknown operation of %s', async (service) => {
    const answer = await post({ ...signedFor(service), ...FORM }, 'Action=NoSuchThing');
    expect(answer).toMatchObject({ status: 400, type: 'text/xml' });
    expect(answer.body).toMatch(/^<ErrorResponse.*<Code>InvalidAction<\/Code><Message>NoSuchThing/);
  });

  test('SQS called by the query protocol, which its older clients speak', async () => {
    const answer = await post({ ...signedFor('sqs'), ...FORM }, 'Action=ListQueues&Version=2012-11-05');
    expect(answer).toMatchObject({ status: 400, type: 'text/xml' });
    expect(answer.body).toMatch(/^<ErrorResponse xmlns="http:\/\/queue.amazonaws.com\/doc\/2012-11-05\/">.*ListQueues/);
    expect(answer.body).toContain('AWS JSON protocol');
  });

  test('an operation of S3 that is not emulated', async () => {
    const answer = await post(signedFor('s3'), '', '/bucket?versioning', 'GET');
    expect(answer).toMatchObject({ status: 501, type: 'application/xml' });
    expect(answer.body).toMatch(/<Error><Code>NotImplemented<\/Code><Message>s3:GetBucketVersioning is not emulated/);
  });
});
