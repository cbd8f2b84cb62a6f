import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asList, isRecord } from '../../cli/check-template/project';
import { sampleDeployment } from '../../cli/check-template/sample-deployment';
import { readTemplate, ROOT } from '../support/template';

const template = readTemplate();
const aws = sampleDeployment(template);

/** Who a statement is about: a service, everybody, or in the policy of a device the device. */
const principalOf = (statement: Readonly<Record<string, unknown>>): string => {
  const { Principal } = statement;
  if (Principal === undefined) return 'device';
  return isRecord(Principal) ? String(Principal['Service']) : String(Principal);
};

/** `<who> <condition key>` of every statement on any level, in policies that are written as text, too. */
const conditionsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string' && value.startsWith('{')) return conditionsIn(JSON.parse(value));
  if (Array.isArray(value)) return value.flatMap(conditionsIn);
  if (!isRecord(value)) return [];
  const { Condition, ...rest } = value;
  const operators = isRecord(Condition) ? Object.values(Condition).filter(isRecord) : [];
  return [
    ...operators.flatMap((operator) => Object.keys(operator).map((key) => `${principalOf(value)} ${key}`)),
    ...Object.values(rest).flatMap(conditionsIn),
  ];
};

/** The conditions that Lambda makes of a permission: https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html */
const conditionsOfPermission = (properties: Readonly<Record<string, unknown>>): readonly string[] =>
  ['SourceArn', 'SourceAccount'].flatMap((name) =>
    properties[name] === undefined ? [] : [`${String(properties['Principal'])} aws:${name}`],
  );

/** `<logical id> <who> <condition key>` of everything in the template. */
const inTemplate = Object.entries(template.Resources).flatMap(([logicalId, { Type }]) => {
  const properties = aws.properties(logicalId);
  // A dashboard is text that begins like a policy.
  if (Type === 'AWS::CloudWatch::Dashboard' || Type === 'AWS::Serverless::StateMachine') return [];
  const found = Type === 'AWS::Lambda::Permission' ? conditionsOfPermission(properties) : conditionsIn(properties);
  return found.map((condition) => `${logicalId} ${condition}`);
});

/** Rows `| ids | who | keys | page |` of the table in docs/security.md. */
const rows = readFileSync(join(ROOT, 'docs', 'security.md'), 'utf8')
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter(([, , , , page]) => page?.includes('](https://'))
  .map(([, ids = '', who = '', keys = '', page = '']) => {
    const names = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
    return { ids: names(ids), who: names(who), keys: names(keys), page };
  });

const documented = rows.flatMap(({ ids, who, keys }) =>
  ids.flatMap((id) => who.flatMap((principal) => keys.map((key) => `${id} ${principal} ${key}`))),
);

test('every condition of the template has a row in docs/security.md with the AWS page that documents it, and no other has', () => {
  expect(inTemplate.length).toBeGreaterThan(15);
  expect([...new Set(inTemplate)].sort()).toEqual([...documented].sort());
});

test.each(rows)('the page for $ids is one of AWS', ({ page }) => {
  expect(page).toMatch(/^\[[^\]]+\]\(https:\/\/docs\.aws\.amazon\.com\/[^)]+\.html(#[\w-]+)?\)$/);
});

test('IoT rules may read the descriptor by the statement that AWS shows: with a condition more, no message might be decoded', () => {
  const document = aws.properties('ProtoBucketPolicy')['PolicyDocument'];
  const statements = asList(isRecord(document) ? document['Statement'] : undefined).filter(isRecord);
  // https://docs.aws.amazon.com/iot/latest/developerguide/binary-payloads.html
  expect(statements.filter(({ Effect }) => Effect === 'Allow')).toEqual([
    {
      Sid: 'IotRulesMayReadTheDescriptor',
      Effect: 'Allow',
      Principal: { Service: 'iot.amazonaws.com' },
      Action: 's3:Get*',
      Resource: `${aws.arnOf('ProtoBucket')}/*`,
    },
  ]);
});
