import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import validate from 'asl-validator';
import { sampleDeployment } from '../../cli/check-template/sample-deployment';
import { DESCRIPTOR_KEY } from '../../proto/generated/descriptor';
import { DEFAULT_CONTROLLER_ID } from '../../proto/endpoint-ids';
import { requestTopic, responseFilter, responseTopic, withReplyTo } from '../../proto/topics';
import { jobExecutionEnded } from '../../functions/jobs/job-execution-ended/job-execution-ended';
import { jobExecutionOf, operationIdOf } from '../../functions/jobs/operation-id';
import { parsePayload } from '../../functions/jobs/create-job/payload';
import { parseMessage, ROUTES } from '../../functions/shared/messages';
import { MAX_ORDERS, ordersOf } from '../../functions/shared/orders';
import { REPORTED_BY_WORKFLOW } from '../../functions/workflow/execution-ended/execution-ended';
import { WAITS } from '../../functions/workflow/upgrade-status/inbox';
import { fakeLog, fakeTopic } from '../unit/functions/support/fakes';
import { firmwareUpgradeDefinition, SUBSTITUTIONS } from '../support/workflow';
import { deviceMessageRule } from '../support/device-message-rule';
import { runSql } from '../support/rule-sql';
import { readTemplate, resourcesOfType, ROOT } from '../support/template';

const template = readTemplate();
const functions = resourcesOfType(template, 'AWS::Serverless::Function');

/** Names in the filter policies of a function's subscriptions. */
const subscribed = (properties: Readonly<Record<string, unknown>> | undefined): readonly string[] =>
  Object.values(
    (properties?.['Events'] ?? {}) as Record<string, { Properties: { FilterPolicy: { name: string[] } } }>,
  ).flatMap((event) => event.Properties.FilterPolicy.name);

/** Every value of a key on any level. */
const valuesOf = (value: unknown, key: string): readonly unknown[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    ...(name === key ? [inner as unknown] : []),
    ...valuesOf(inner, key),
  ]);
};

const sqlOf = (logicalId: string): string => {
  const sql = valuesOf(template.Resources[logicalId], 'Sql')[0];
  return typeof sql === 'object' ? (sql as { 'Fn::Sub': string })['Fn::Sub'] : String(sql);
};

/** A value that a path of the state machine could give. */
const sampleOf = (key: string, value: unknown): unknown => {
  if (key === 'details')
    return Object.fromEntries(Object.keys(value as object).map((name) => [name.replace(/\.\$$/, ''), 'text']));
  if (key === 'attributes.$' || key === 'jobDocument.$') return { firmwareVersion: '1' };
  if (key === 'connected.$') return true;
  if (key === 'enteredAt.$' || key === 'startedAt.$') return '2026-01-01T00:00:00.000Z';
  if (key === 'timeLimitSeconds.$') return 120;
  if (key === 'order.$') return 1;
  return key.endsWith('.$') ? 'text' : value;
};

describe('messages, template and state machine agree', () => {
  test.each(functions)(
    '%s subscribes to exactly the messages that name it as receiver',
    (logicalId, { Properties }) => {
      const expected = Object.entries(ROUTES).flatMap(([name, { to }]) => (to.includes(logicalId) ? [name] : []));
      expect([...subscribed(Properties)].sort()).toEqual(expected.sort());
    },
  );

  test('every message has a receiver in the template', () => {
    const ids = functions.map(([logicalId]) => logicalId);
    for (const { to } of Object.values(ROUTES)) expect(ids).toEqual(expect.arrayContaining([...to]));
  });

  test('every message that the state machine publishes is one of the workflow domain, and parses once filled', () => {
    const published = valuesOf(firmwareUpgradeDefinition(), 'Message') as readonly Record<string, unknown>[];
    expect(published).toHaveLength(9);
    for (const message of published) {
      const filled = Object.fromEntries(
        Object.entries(message).map(([key, value]) => [key.replace(/\.\$$/, ''), sampleOf(key, value)]),
      );
      expect(ROUTES[parseMessage(filled).name].from).toBe('workflow');
    }
  });

  test('the state machine waits for exactly the messages of UpgradeStatusReceivedFunction', () => {
    const waits = valuesOf(firmwareUpgradeDefinition(), 'wait').map((wait) => (wait as { name: string }).name);
    const expected = Object.entries(ROUTES).flatMap(([name, { to }]) =>
      // A failed activation ends the wait for its boot.
      to.includes('UpgradeStatusReceivedFunction') && name !== 'ACTIVATION_FAILED' ? [name] : [],
    );
    expect([...new Set(waits)].sort()).toEqual(expected.sort());
    expect([...WAITS].sort()).toEqual(expected.sort());
  });

  test('the rule on job execution events passes on what its function needs for JOB_EXECUTION_ENDED', async () => {
    const aliases = [...sqlOf('JobExecutionEnded').matchAll(/ AS (\w+)/g)].map(([, alias]) => alias ?? '');
    const { publish, published } = fakeTopic();
    const handle = jobExecutionEnded({ publish, activeAttempt: async () => 1, log: fakeLog().log, now: () => 1 });
    await handle(Object.fromEntries(aliases.map((alias) => [alias, 'text'])));
    expect(published.map((message) => parseMessage(message).name)).toEqual(['JOB_EXECUTION_ENDED']);
  });

  test('the state machine orders a download as often, and under such ids, as the device management domain closes', () => {
    const choices = valuesOf(firmwareUpgradeDefinition(), 'Choices').flat() as readonly Record<string, unknown>[];
    const again = choices.filter(({ Assign }) => valuesOf(Assign, 'operation.$').length > 0);
    expect(valuesOf(again, 'NumericLessThan')).toEqual([MAX_ORDERS]);
    expect(valuesOf(again, 'operation.$')).toEqual([
      "States.Format('{}.{}', $$.Execution.Input.operationId, States.MathAdd($order, 1))",
    ]);
    const operationId = operationIdOf({ jobId: 'job', executionNumber: 7 });
    expect(ordersOf(operationId)).toEqual(['job.7', 'job.7.2', 'job.7.3']);
    for (const order of ordersOf(operationId))
      expect(jobExecutionOf(order)).toEqual({ jobId: 'job', executionNumber: 7 });
  });

  test('the rule that starts the workflow makes the operation id of the jobs domain', () => {
    const [, expression] = / (concat\(.*\)) AS operationId /.exec(sqlOf('StartStateMachine')) ?? [];
    const execution = { jobId: 'FirmwareUpgrade-a_1', executionNumber: 12 };
    expect(runSql(`SELECT ${expression ?? ''} AS operationId FROM 'a/#'`, { execution })).toEqual({
      operationId: operationIdOf(execution),
    });
  });
});

describe('the state machine', () => {
  test('is valid Amazon States Language', () => {
    expect(validate(firmwareUpgradeDefinition() as object)).toMatchObject({ isValid: true, errors: [] });
  });

  test('uses exactly the substitutions that the template gives', () => {
    const text = readFileSync(join(ROOT, 'statemachines', 'firmware-upgrade.asl.json'), 'utf8');
    const used = new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name));
    const given = valuesOf(template.Resources['FirmwareUpgradeStateMachine'], 'DefinitionSubstitutions')[0] as object;
    expect(Object.keys(given).sort()).toEqual([...used].sort());
    expect(Object.keys(SUBSTITUTIONS).sort()).toEqual([...used].sort());
  });

  test('ends with an error that says so exactly where it has published its failure', () => {
    const { States: states } = firmwareUpgradeDefinition() as { States: Record<string, Record<string, unknown>> };
    const ends = Object.entries(states).filter(([, { Type }]) => Type === 'Fail');
    expect(ends).toHaveLength(2);
    for (const [name, { ErrorPath }] of ends) {
      expect(ErrorPath).toBe(`States.Format('${REPORTED_BY_WORKFLOW}{}', $failure.Error)`);
      const before = Object.values(states).filter((state) => valuesOf(state, 'Next').includes(name));
      expect(before.length).toBeGreaterThan(0);
      for (const state of before)
        expect(state).toMatchObject({ Next: name, Parameters: { Message: { name: 'FIRMWARE_UPGRADE_FAIL' } } });
      expect(before.some((state) => 'Catch' in state)).toBe(false);
    }
  });

  test('has the time limits that a job may have, none above its own', () => {
    const definition = firmwareUpgradeDefinition();
    const [limits] = valuesOf(definition, 'limits') as object[];
    const names = Object.keys(limits ?? {}).map((name) => name.replace(/\.\$$/, ''));
    expect(names.length).toBeGreaterThan(0);
    const [most] = valuesOf(definition, 'TimeoutSeconds') as number[];
    const payload = (seconds: number) => ({
      firmwareVersion: '1.2.3',
      targetArn: 'arn:aws:iot:eu-west-1:123456789012:thing/sim-1',
      timeLimits: Object.fromEntries(names.map((name) => [name, seconds])),
    });
    expect(parsePayload(payload(most ?? 0)).timeLimits).toEqual(payload(most ?? 0).timeLimits);
    expect(() => parsePayload(payload((most ?? 0) + 1))).toThrow('must be at most');
    expect(() => parsePayload({ ...payload(1), timeLimits: { other: 1 } })).toThrow(`(it has ${names.join(', ')})`);
  });

  test('takes its default time limits from the parameters of the template', () => {
    for (const name of Object.keys(SUBSTITUTIONS).filter((key) => key.endsWith('Seconds')))
      expect(String(template.Parameters[name]?.Default)).toBe(SUBSTITUTIONS[name]);
  });
});

describe('the rules', () => {
  test('the device message rule listens where agents answer, and decodes with the deployed descriptor', () => {
    const sql = sqlOf('DeviceMessageRule');
    expect(sql).toContain(`FROM '${responseFilter('${ControllerEndpointId}')}'`);
    expect(sql).toContain('${Descriptor.DescriptorKey}');
    expect(template.Resources['Descriptor']?.Properties['DescriptorKey']).toBe(DESCRIPTOR_KEY);
    // AWS allows two decodes of protobuf in a statement.
    expect(sql.match(/'proto'/g)).toHaveLength(2);
  });

  const answers = responseTopic(DEFAULT_CONTROLLER_ID, 'sim-1');

  // AWS: "the parent topic is not matched" by a filter that ends in #, https://docs.aws.amazon.com/iot/latest/developerguide/mqtt.html
  test.each([answers, withReplyTo(answers, requestTopic('sim-1'))])(
    'the device message rule handles what agents of MQTT 5 and of 3.1.1 publish: %s',
    async (topic) => {
      const rule = await deviceMessageRule();
      expect(rule(topic, Buffer.alloc(0))).toMatchObject({ thingName: 'sim-1', topic });
    },
  );

  test.each([
    answers.replace('/response', ''),
    answers.replace('response', 'responses'),
    answers.replace('response', 'status/response'),
    answers.replace('sim-1', 'sim-1/x'),
    responseTopic('self::other', 'sim-1'),
  ])('the device message rule ignores %s', async (topic) => {
    const rule = await deviceMessageRule();
    expect(rule(topic, Buffer.alloc(0))).toBeUndefined();
  });

  // https://docs.aws.amazon.com/iot/latest/developerguide/events-jobs.html
  const jobExecutionEvent = (jobId: string, eventType: string) =>
    runSql(
      String(valuesOf(sampleDeployment(template).properties('JobExecutionEnded'), 'Sql')[0]),
      { eventType: 'JOB_EXECUTION', jobId, thingArn: 'arn:aws:iot:eu-west-1:123456789012:thing/sim-1' },
      `$aws/events/jobExecution/${jobId}/${eventType}`,
    );

  test.each(['canceled', 'timed_out', 'removed', 'deleted', 'rejected'])(
    'a job execution of this stack that is %s stops its workflow',
    (reason) => {
      const jobId = 'FirmwareUpgrade-abcdefghij';
      expect(jobExecutionEvent(jobId, reason)).toEqual({ jobId, thingName: 'sim-1', reason });
    },
  );

  test.each([
    ['Reboot-abcdefghij', 'canceled'],
    ['FirmwareUpgrades-1', 'deleted'],
    ['a-FirmwareUpgrade-1', 'removed'],
    ['FirmwareUpgrade-abcdefghij', 'succeeded'],
    ['FirmwareUpgrade-abcdefghij', 'failed'],
  ])('an event of the job %s that is %s costs this stack nothing', (jobId, eventType) => {
    expect(jobExecutionEvent(jobId, eventType)).toBe('no match');
  });

  test('the workflow starts for queued executions of jobs of this stack only', () => {
    expect(sqlOf('StartStateMachine')).toMatch(
      /^SELECT \*, topic\(3\) AS thingName, concat\(.*\) AS operationId FROM '\$aws\/things\/\+\/jobs\/notify-next' WHERE isUndefined\(execution\) = false/,
    );
    expect(sqlOf('StartStateMachine')).toContain(
      "execution.jobDocument.stateMachineName = '${AWS::StackName}-${StateMachineName}'",
    );
  });
});
