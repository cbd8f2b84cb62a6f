import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { ROOT } from './template';

/** IAM prefixes of the SDK's client packages. */
const PREFIXES: Readonly<Record<string, string>> = {
  dynamodb: 'dynamodb',
  iot: 'iot',
  iot_data_plane: 'iot',
  iot_jobs_data_plane: 'iotjobsdata',
  s3: 's3',
  secrets_manager: 'secretsmanager',
  sfn: 'states',
  sns: 'sns',
};
/** Operations whose action has another name. */
const ACTIONS: Readonly<Record<string, string>> = { 's3:ListObjectsV2': 's3:ListBucket' };

/** https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/Package/-aws-sdk-lib-dynamodb/: commands and the actions they call. */
const DOCUMENT_COMMANDS: Readonly<Record<string, string>> = {
  GetCommand: 'dynamodb:GetItem',
  UpdateCommand: 'dynamodb:UpdateItem',
  paginateQuery: 'dynamodb:Query',
};
const NO_COMMANDS = ['DynamoDBDocumentClient'];

/** IAM actions of the SDK commands in a function's bundle, after tree shaking. */
export const actionsInCode = (handler: string): readonly string[] => {
  const { outputFiles } = buildSync({
    entryPoints: [join(ROOT, 'functions', handler.replace(/\.\w+$/, '.ts'))],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    treeShaking: true,
    external: ['@aws-sdk/*'],
  });
  const code = outputFiles[0]?.text ?? '';
  const found = [...code.matchAll(/new import_client_([a-z0-9_]+?)\d*\.(\w+)Command\(/g)].map(
    ([, client = '', operation = '']) => {
      const prefix = PREFIXES[client] ?? PREFIXES[`${client}3`];
      if (prefix === undefined) throw new Error(`${handler}: no IAM prefix for @aws-sdk/client-${client}`);
      return ACTIONS[`${prefix}:${operation}`] ?? `${prefix}:${operation}`;
    },
  );
  const ofDocuments = [...code.matchAll(/import_lib_dynamodb\d*\.(\w+)/g)]
    .map(([, name = '']) => name)
    .filter((name) => !NO_COMMANDS.includes(name))
    .map((name) => {
      const action = DOCUMENT_COMMANDS[name];
      if (action === undefined) throw new Error(`${handler}: no IAM action for ${name} of @aws-sdk/lib-dynamodb`);
      return action;
    });
  return [...new Set([...found, ...ofDocuments])].sort();
};

const RESOURCE = /^arn:\$\{Partition\}:states:::(?:aws-sdk:)?(\w+):(\w+)/;

const resourcesIn = (value: unknown): readonly string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, inner]) =>
        key === 'Resource' && typeof inner === 'string' ? [inner] : resourcesIn(inner),
      );

/** IAM actions of the integrations that a state machine calls. */
export const actionsInStateMachine = (file: string): readonly string[] => {
  const definition: unknown = JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
  const actions = resourcesIn(definition).map((resource) => {
    const [, service = '', operation = ''] = RESOURCE.exec(resource) ?? [];
    const action = `${service}:${operation.charAt(0).toUpperCase()}${operation.slice(1)}`;
    return action === 'lambda:Invoke' ? 'lambda:InvokeFunction' : action;
  });
  return [...new Set(actions)].sort();
};
