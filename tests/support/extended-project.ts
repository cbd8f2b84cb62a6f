import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './template';

const replaced = (text: string, from: string, to: string): string => {
  if (!text.includes(from)) throw new Error(`not found: ${from}`);
  return text.replace(from, to);
};

/** The rule that passes messages of the second protocol to the same function. */
const JSON_RULE = `
  JsonMessageRule:
    Type: AWS::IoT::TopicRule
    Properties:
      TopicRulePayload:
        AwsIotSqlVersion: "2016-03-23"
        Sql: SELECT *, 'json' AS protocol, topic(2) AS thingName, topic() AS topic, timestamp() AS receivedAt FROM 'json/+/event'
        Actions:
          - Lambda:
              FunctionArn: !GetAtt DeviceMessageHandlerFunction.Arn
        ErrorAction:
          Sqs:
            QueueUrl: !Ref RuleErrorsQueue
            RoleArn: !GetAtt RuleErrorsRole.Arn
            UseBase64: false

  ProtoBucket:
`;
const REPLY_TO = 'topic/agents/*/usp/request/reply-to=*';

/**
 * A copy of the project with a second protocol, added by the steps of docs/extending.md.
 * @returns the path of its template, and a function that removes the copy
 */
export const projectWithSecondProtocol = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wme-second-protocol-'));
  const domain = join(folder, 'functions', 'device-management');
  for (const shared of ['node_modules', 'proto', 'statemachines'])
    await symlink(join(ROOT, shared), join(folder, shared));
  await cp(join(ROOT, 'functions'), join(folder, 'functions'), { recursive: true });

  const protocol = await readFile(join(ROOT, 'tests', 'second-protocol', 'json-protocol.ts'), 'utf8');
  await mkdir(join(domain, 'json'));
  await writeFile(
    join(domain, 'json', 'json-protocol.ts'),
    replaced(protocol, '../../functions/device-management/protocol', '../protocol'),
  );
  const protocols = await readFile(join(domain, 'protocols.ts'), 'utf8');
  await writeFile(
    join(domain, 'protocols.ts'),
    `import { jsonProtocol } from './json/json-protocol';\n${replaced(protocols, '[uspProtocol(controllerId)]', '[uspProtocol(controllerId), jsonProtocol]')}`,
  );
  const template = await readFile(join(ROOT, 'template.yaml'), 'utf8');
  // Every function that sends requests may send the new ones too.
  const allowed = template
    .split('\n')
    .flatMap((line) => (line.includes(REPLY_TO) ? [line, replaced(line, REPLY_TO, 'topic/json/*/request')] : [line]))
    .join('\n');
  const templatePath = join(folder, 'template.yaml');
  await writeFile(templatePath, replaced(allowed, '\n  ProtoBucket:\n', JSON_RULE));
  return { templatePath, remove: () => rm(folder, { recursive: true, force: true }) };
};
