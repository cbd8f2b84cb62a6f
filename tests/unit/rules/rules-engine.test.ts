import { parseJson } from '../../../local/services/rules/sql/values';
import { descriptor, encodeMessage, encodeRecord, startEngine } from './helpers';

const role = 'arn:aws:iam::000000000000:role/rule';
const functionArn = 'arn:aws:lambda:eu-west-1:000000000000:function:handler';
const lambda = { lambda: { functionArn } };
const sqs = { sqs: { queueUrl: 'http://queue', roleArn: role } };

describe('the rule that starts the state machine', () => {
  const notifyNext = '$aws/things/sim-1/jobs/notify-next';
  const execution = { jobId: 'j', status: 'QUEUED', jobDocument: { stateMachineName: 'FirmwareUpgrade' } };
  const start = () => {
    const world = startEngine();
    world.engine.createRule({
      ruleName: 'StartStateMachine',
      sql: `SELECT *, topic(3) AS thingName FROM '$aws/things/+/jobs/notify-next' WHERE isUndefined(execution) = false
        AND execution.status = 'QUEUED' AND execution.jobDocument.stateMachineName = 'FirmwareUpgrade'`,
      awsIotSqlVersion: '2016-03-23',
      actions: [
        { stepFunctions: { stateMachineName: 'FirmwareUpgrade', executionNamePrefix: '${topic(3)}-', roleArn: role } },
      ],
    });
    return world;
  };

  test('starts one execution with the message and the thing, under its role', async () => {
    const { send, calls } = start();
    await send(notifyNext, { timestamp: 1, execution });
    expect(calls).toEqual([
      {
        service: 'states',
        operation: 'StartExecution',
        principal: { kind: 'role', roleArn: role },
        input: {
          stateMachineArn: 'arn:aws:states:eu-west-1:000000000000:stateMachine:FirmwareUpgrade',
          name: expect.stringMatching(/^sim-1-[0-9a-f-]{36}$/),
          input: JSON.stringify({ timestamp: 1, execution, thingName: 'sim-1' }),
        },
      },
    ]);
  });

  test.each<[string, unknown]>([
    ['an empty queue', { timestamp: 1 }],
    ['an execution in progress', { execution: { ...execution, status: 'IN_PROGRESS' } }],
    ['the job of another machine', { execution: { ...execution, jobDocument: { stateMachineName: 'Other' } } }],
    ['a job without machine', { execution: { ...execution, jobDocument: {} } }],
  ])('ignores %s', async (_, payload) => {
    const { send, calls, reports } = start();
    await send(notifyNext, payload);
    expect(calls).toEqual([]);
    expect(reports).toEqual([]);
  });
});

describe('the rule that decodes device messages', () => {
  const topic = 'controllers/self::aws-dm-controller/agents/sim-1/response/reply-to=x';
  const start = () => {
    const world = startEngine();
    world.objects.set('bucket/key', descriptor());
    world.engine.createRule({
      ruleName: 'DeviceMessages',
      sql: `SET @record = decode(encode(*, 'base64'), 'proto', 'bucket', 'key', 'usp-record-1-4.proto', 'Record')
        SELECT topic(4) AS thingName, topic() AS topic, @record AS record,
        decode(@record.noSessionContext.payload, 'proto', 'bucket', 'key', 'usp-msg-1-4.proto', 'Msg') AS payload
        FROM 'controllers/self::aws-dm-controller/agents/+/#' WHERE topic(5) = 'response'`,
      awsIotSqlVersion: '2016-03-23',
      actions: [lambda],
    });
    return world;
  };
  const message = encodeMessage({
    header: { msg_id: 'm1', msg_type: 3 },
    params: { FaultCode: '0' },
    send_resp: false,
    counter: 7,
    data: Buffer.from('hi'),
  });
  const record = encodeRecord({ version: '1.3', to_id: 'c', no_session_context: { payload: message } });

  test('hands canonical proto3 JSON to the function', async () => {
    const { send, invocations, reports } = start();
    await send(topic, record);
    expect(reports).toEqual([]);
    expect(invocations).toEqual([
      {
        functionArn,
        event: {
          thingName: 'sim-1',
          topic,
          record: { version: '1.3', toId: 'c', noSessionContext: { payload: message.toString('base64') } },
          payload: {
            header: { msgId: 'm1', msgType: 'NOTIFY' },
            params: { FaultCode: '0' },
            counter: '7',
            data: Buffer.from('hi').toString('base64'),
          },
        },
      },
    ]);
  });

  test('a record without payload is no failure: the field is absent', async () => {
    const { send, invocations, engine } = start();
    await send(topic, encodeRecord({ version: '1.3', mqtt_connect: { subscribed_topic: 's' } }));
    expect(invocations.map(({ event }) => event)).toEqual([
      { thingName: 'sim-1', topic, record: { version: '1.3', mqttConnect: { subscribedTopic: 's' } } },
    ]);
    expect(engine.failures().decode).toBe(0);
  });

  test('bytes that are no record are reported with rule and topic, and the next message is decoded', async () => {
    const { send, invocations, engine, reports } = start();
    await send(topic, Buffer.from([0x3a, 0xff, 0x01]));
    expect(invocations[0]?.event).toEqual({ thingName: 'sim-1', topic });
    expect(engine.failures()).toEqual({ decode: 1, evaluation: 0, action: 0 });
    expect(reports).toEqual([
      expect.objectContaining({
        source: 'rules',
        message: expect.stringMatching(
          /^rule DeviceMessages, topic controllers.*cannot decode Record of usp-record-1-4/,
        ),
      }),
    ]);
    await send(topic, record);
    expect(invocations[1]?.event).toHaveProperty('payload.header.msgId', 'm1');
  });

  test('a descriptor is fetched once, and again after 15 minutes', async () => {
    const { send, loads, clock } = start();
    await Promise.all([send(topic, record), send(topic, record)]);
    await send(topic, record);
    expect(loads).toEqual(['bucket/key']);
    await clock.advance(15 * 60_000);
    await send(topic, record);
    expect(loads).toHaveLength(2);
  });

  test.each<[string, Buffer | undefined, RegExp]>([
    ['a missing descriptor', undefined, /cannot read descriptor s3:\/\/bucket\/key: NoSuchKey/],
    ['a descriptor that is none', Buffer.from('not a descriptor'), /cannot read descriptor/],
    ['a descriptor over 32 KiB', Buffer.alloc(33_000), /33000 bytes/],
  ])('%s is reported, and the message works once it is there', async (_, bytes, problem) => {
    const { send, objects, reports, invocations } = start();
    if (bytes) objects.set('bucket/key', bytes);
    else objects.delete('bucket/key');
    await send(topic, record);
    expect(reports[0]?.message).toMatch(problem);
    expect(invocations[0]?.event).toEqual({ thingName: 'sim-1', topic });
    objects.set('bucket/key', descriptor());
    await send(topic, record);
    expect(invocations[1]?.event).toHaveProperty('payload');
  });

  test('a proto file or message that the descriptor lacks is named', async () => {
    const { engine, send, reports, objects } = startEngine();
    objects.set('b/k', descriptor());
    engine.createRule({
      ruleName: 'Wrong',
      sql: `SELECT decode(*, 'proto', 'b', 'k', 'nofile.proto', 'Record') AS a,
        decode(*, 'proto', 'b', 'k', 'usp-record-1-4.proto', 'Nothing') AS b FROM 't'`,
      actions: [lambda],
    });
    await send('t', record);
    expect(reports.map(({ message: text }) => text)).toEqual([
      expect.stringContaining('has no file nofile.proto (it has usp-record-1-4.proto, usp-msg-1-4.proto)'),
      expect.stringContaining('usp-record-1-4.proto in descriptor s3://b/k has no message Nothing'),
    ]);
  });
});

describe('the rule that reports ended job executions', () => {
  test('publishes a message made from the event to the topic', async () => {
    const { engine, send, calls } = startEngine();
    engine.createRule({
      ruleName: 'JobExecutionEnded',
      sql: `SELECT jobId AS id, jobId AS operationId, 'JOB_EXECUTION_ENDED' AS name, topic(5) AS reason,
        regexp_replace(thingArn, '^.*:thing/', '') AS thingName FROM '$aws/events/jobExecution/+/+'
        WHERE topic(5) IN ['canceled', 'timed_out', 'removed', 'deleted', 'rejected']`,
      actions: [{ sns: { targetArn: 'arn:topic', roleArn: role, messageFormat: 'RAW' } }],
    });
    const event = { jobId: 'j1', thingArn: 'arn:aws:iot:eu-west-1:000000000000:thing/sim-1' };
    await send('$aws/events/jobExecution/j1/canceled', event);
    await send('$aws/events/jobExecution/j1/succeeded', event);
    expect(calls.map(({ operation, input }) => ({ operation, input }))).toEqual([
      {
        operation: 'Publish',
        input: {
          TopicArn: 'arn:topic',
          Message: JSON.stringify({
            id: 'j1',
            operationId: 'j1',
            name: 'JOB_EXECUTION_ENDED',
            reason: 'canceled',
            thingName: 'sim-1',
          }),
        },
      },
    ]);
  });
});

describe('actions', () => {
  test('republish, sqs and s3 get the output and evaluated templates', async () => {
    const { engine, send, calls } = startEngine();
    engine.createRule({
      ruleName: 'Many',
      sql: "SET @n = n + 1 SELECT n FROM 'in/+'",
      actions: [
        { republish: { topic: 'out/${topic(2)}/${@n}', qos: 1, roleArn: role } },
        { republish: { topic: '$$aws/things/${topic(2)}/shadow/update', roleArn: role } },
        { sqs: { queueUrl: 'http://queue', useBase64: true, roleArn: role } },
        { s3: { bucketName: 'b', key: "${clientid()}/${get({'}': 'x'}, '}')}", roleArn: role } },
      ],
    });
    await send('in/a', { n: 1 }, 'client-1');
    expect(calls.map(({ service, input }) => [service, input])).toEqual([
      ['iotdata', { topic: 'out/a/2', payload: Buffer.from('{"n":1}'), qos: 1 }],
      ['iotdata', { topic: '$aws/things/a/shadow/update', payload: Buffer.from('{"n":1}'), qos: 0 }],
      ['sqs', { QueueUrl: 'http://queue', MessageBody: Buffer.from('{"n":1}').toString('base64') }],
      ['s3', { Bucket: 'b', Key: 'client-1/x', Body: Buffer.from('{"n":1}') }],
    ]);
  });

  test('republish sets MQTT 5 headers (https://docs.aws.amazon.com/iot/latest/apireference/API_MqttHeaders.html)', async () => {
    const { engine, send, calls } = startEngine();
    const headers = {
      ...{
        payloadFormatIndicator: 'UTF8_DATA',
        contentType: "${get_mqtt_property('content_type')}",
        messageExpiry: '30',
      },
      userProperties: [{ key: 'from', value: '${clientid()}' }],
    };
    engine.createRule({
      ruleName: 'Headers',
      sql: "SELECT * FROM 'in'",
      actions: [{ republish: { topic: 'out', roleArn: role, headers } }],
    });
    await send('in', {}, 'client-1', { contentType: 'usp.msg' });
    expect(calls[0]?.input).toEqual({
      ...{ topic: 'out', payload: Buffer.from('{}'), qos: 0 },
      ...{ payloadFormatIndicator: 'UTF8_DATA', contentType: 'usp.msg', messageExpiry: 30 },
      userProperties: '[{"from":"client-1"}]',
    });
  });

  test('a failing action is reported, runs the error action once and does not stop the others', async () => {
    const { engine, send, calls, invocations, refusals, reports } = startEngine();
    refusals.set('sns:Publish', new Error('AccessDenied: no sns:Publish'));
    engine.createRule({
      ruleName: 'Fragile',
      sql: "SELECT * FROM 'in'",
      actions: [
        { sns: { targetArn: 'arn:one', roleArn: role } },
        { sns: { targetArn: 'arn:two', roleArn: role } },
        lambda,
      ],
      errorAction: sqs,
    });
    engine.createRule({ ruleName: 'Sound', sql: "SELECT 'sound' AS name FROM 'in'", actions: [lambda] });
    await send('in', { a: 1 }, 'client-1');
    expect(invocations.map(({ event }) => event)).toEqual(expect.arrayContaining([{ a: 1 }, { name: 'sound' }]));
    const sent = calls
      .filter(({ service }) => service === 'sqs')
      .map(({ input }) => parseJson(String(input.MessageBody)));
    expect(sent).toEqual([
      {
        ruleName: 'Fragile',
        topic: 'in',
        cloudwatchTraceId: expect.any(String),
        clientId: 'client-1',
        base64OriginalPayload: Buffer.from('{"a":1}').toString('base64'),
        failures: [
          { failedAction: 'SnsAction', failedResource: 'arn:one', errorMessage: 'AccessDenied: no sns:Publish' },
          { failedAction: 'SnsAction', failedResource: 'arn:two', errorMessage: 'AccessDenied: no sns:Publish' },
        ],
      },
    ]);
    expect(engine.failures()).toEqual({ decode: 0, evaluation: 0, action: 2 });
    expect(reports).toHaveLength(2);
  });

  test('an error action that fails is reported too', async () => {
    const { engine, send, refusals, reports } = startEngine();
    refusals.set('sqs:SendMessage', new Error('no queue'));
    engine.createRule({ ruleName: 'Lost', sql: "SELECT * FROM 'in'", actions: [sqs], errorAction: sqs });
    await send('in', {});
    expect(reports.map(({ message }) => message)).toEqual([
      'rule Lost, topic in: SqsAction on http://queue: no queue',
      'rule Lost, topic in: error action SqsAction: no queue',
    ]);
  });

  test('a function cannot take bytes, and a template without value is a failure', async () => {
    const { engine, send, reports } = startEngine();
    engine.createRule({
      ruleName: 'Bytes',
      sql: "SELECT * FROM 'in'",
      actions: [lambda, { republish: { topic: 'out/${missing}', roleArn: role } }],
    });
    await send('in', Buffer.from([1, 2]));
    expect(reports.map(({ message }) => message)).toEqual([
      expect.stringContaining("use encode(*, 'base64')"),
      expect.stringContaining('substitution template ${missing} has no value'),
    ]);
  });

  test('answers of IoT Jobs to devices do not reach rules; requests and events do', async () => {
    const { engine, send, invocations } = startEngine();
    engine.createRule({ ruleName: 'All', sql: "SELECT topic() AS t FROM '$aws/#'", actions: [lambda] });
    await send('$aws/things/t/jobs/j/update/accepted', {});
    await send('$aws/things/t/jobs/start-next/rejected', {});
    await send('$aws/events/presence/connected/t', {});
    expect(invocations.map(({ event }) => event)).toEqual([{ t: '$aws/events/presence/connected/t' }]);
  });

  test.each<[string, object]>([
    ["get_mqtt_property('content_type')", { v: 'usp.msg' }],
    ["get_mqtt_property('response_topic')", { v: 'reply' }],
    ["get_mqtt_property('correlation_data')", { v: 'AP8=' }],
    ["get_mqtt_property('format_indicator')", { v: 'UTF8_DATA' }],
    ["get_mqtt_property('topic_alias')", {}],
    ["get_user_properties('color')", { v: ['red', 'blue'] }],
    ["get_user_properties('weight')", {}],
    ['get_user_properties()', { v: [{ color: 'red' }, { size: 'small' }, { color: 'blue' }] }],
  ])('%s reads an MQTT 5 property (AWS IoT SQL reference, functions)', async (expression, expected) => {
    const { engine, send, invocations } = startEngine();
    engine.createRule({ ruleName: 'Read', sql: `SELECT ${expression} AS v FROM 'in'`, actions: [lambda] });
    await send('in', {}, 'dev', {
      ...{ contentType: 'usp.msg', responseTopic: 'reply', correlationData: Buffer.from([0, 255]) },
      payloadFormatIndicator: true,
      userProperties: [
        ['color', 'red'],
        ['size', 'small'],
        ['color', 'blue'],
      ],
    });
    expect(invocations[0]?.event).toEqual(expected);
  });

  test('a message without MQTT 5 properties has none in SQL, and its format is UNSPECIFIED_BYTES', async () => {
    const { engine, send, invocations } = startEngine();
    const names = ['content_type', 'response_topic', 'correlation_data', 'format_indicator'];
    const sql = `SELECT ${names.map((name) => `get_mqtt_property('${name}') AS ${name}`).join(', ')}, get_user_properties() AS user FROM 'in'`;
    engine.createRule({ ruleName: 'Read', sql, actions: [lambda] });
    await send('in', {}, 'dev');
    expect(invocations[0]?.event).toEqual({ format_indicator: 'UNSPECIFIED_BYTES', user: [] });
  });

  test('principal() is the certificate of the sender', async () => {
    const { engine, send, invocations } = startEngine();
    engine.createRule({ ruleName: 'Who', sql: "SELECT principal() AS p FROM 'in'", actions: [lambda] });
    await send('in', {}, 'dev');
    expect(invocations[0]?.event).toEqual({ p: 'certificate-of-dev' });
  });
});

describe('definitions that are refused', () => {
  const base = { ruleName: 'R', sql: "SELECT * FROM 'a'", actions: [lambda] };
  test.each<[string, Parameters<ReturnType<typeof startEngine>['engine']['createRule']>[0], RegExp]>([
    ['wrong SQL', { ...base, sql: "SELECT FROM 'a'" }, /rule R: expected a value but found FROM at character 8/],
    ['no SQL', { ...base, sql: undefined }, /expected SELECT/],
    ['a bad name', { ...base, ruleName: 'a-b' }, /rule a-b: a name has/],
    ['a date as SQL version', { ...base, awsIotSqlVersion: '2016-3-23' }, /awsIotSqlVersion 2016-3-23/],
    [
      'an action that is not emulated',
      { ...base, actions: [{ kinesis: { streamName: 's', roleArn: role } }] },
      /kinesis: not emulated by local mode \(emulated actions: lambda, stepFunctions/,
    ],
    [
      'an action without role',
      { ...base, actions: [{ sqs: { queueUrl: 'q', roleArn: undefined } }] },
      /lacks sqs.roleArn/,
    ],
    [
      'a wrong template',
      { ...base, actions: [{ sqs: { queueUrl: '${nope(1)}', roleArn: role } }] },
      /nope\(\) does not exist/,
    ],
    ['an open template', { ...base, errorAction: { sqs: { queueUrl: '${a', roleArn: role } } }, /not closed/],
  ])('%s', (_, definition, problem) => {
    const { engine } = startEngine();
    expect(() => engine.createRule(definition)).toThrow(problem);
  });
});

describe('rule operations', () => {
  const payload = { sql: "SELECT * FROM 'a/+'", actions: [lambda], awsIotSqlVersion: '2016-03-23' };
  const start = () => {
    const world = startEngine();
    const call = (operation: string, input: object): unknown =>
      world.engine.operations[operation]?.(input as never, { principal: { kind: 'account' }, requestId: 'r' });
    call('CreateTopicRule', { ruleName: 'One', topicRulePayload: payload });
    return { ...world, call };
  };

  test('a rule can be read, listed by topic, replaced and deleted', async () => {
    const { call, send, invocations, clock } = start();
    const createdAt = new Date(clock.now());
    expect(call('GetTopicRule', { ruleName: 'One' })).toMatchObject({
      ruleArn: 'arn:aws:iot:eu-west-1:000000000000:rule/One',
      rule: { ruleName: 'One', sql: payload.sql, ruleDisabled: false, createdAt },
    });
    call('CreateTopicRule', { ruleName: 'Two', topicRulePayload: { ...payload, sql: "SELECT * FROM 'b'" } });
    expect(call('ListTopicRules', { topic: 'a/x' })).toEqual({
      rules: [
        {
          ruleArn: 'arn:aws:iot:eu-west-1:000000000000:rule/One',
          ruleName: 'One',
          topicPattern: 'a/+',
          createdAt,
          ruleDisabled: false,
        },
      ],
    });
    expect(call('ListTopicRules', { maxResults: 1 })).toMatchObject({ nextToken: '1' });
    call('ReplaceTopicRule', {
      ruleName: 'One',
      topicRulePayload: { ...payload, sql: "SELECT 'new' AS v FROM 'a/+'" },
    });
    await send('a/x', {});
    expect(invocations[0]?.event).toEqual({ v: 'new' });
    call('DeleteTopicRule', { ruleName: 'One' });
    await send('a/x', {});
    expect(invocations).toHaveLength(1);
    expect(() => call('GetTopicRule', { ruleName: 'One' })).toThrow(/Access to topic rule 'One' was denied/);
  });

  test('a disabled rule does not run until it is enabled', async () => {
    const { call, send, invocations } = start();
    call('DisableTopicRule', { ruleName: 'One' });
    await send('a/x', {});
    expect(invocations).toEqual([]);
    call('EnableTopicRule', { ruleName: 'One' });
    await send('a/x', {});
    expect(invocations).toHaveLength(1);
  });

  test('a name can be used once', () => {
    expect(() => start().call('CreateTopicRule', { ruleName: 'One', topicRulePayload: payload })).toThrow(
      /already exists/,
    );
  });

  test('after close no message reaches a rule', async () => {
    const { engine, send, invocations } = start();
    engine.close();
    await send('a/x', {});
    expect(invocations).toEqual([]);
  });
});
