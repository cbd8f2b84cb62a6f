import { randomInt, randomUUID } from 'node:crypto';
import type { Environment, ServiceModule } from '../../core/api';
import { AwsError } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import { createMemoryStore, type Store } from '../../store/store';

interface Secret {
  readonly arn: string;
  readonly name: string;
  value: string;
  versionId: string;
  createdAt: number;
}

interface SecretInput {
  readonly SecretId?: string;
  readonly Name?: string;
  readonly SecretString?: string;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const suffix = () => Array.from({ length: 6 }, () => LETTERS[randomInt(LETTERS.length)]).join('');

/** Secrets Manager in memory: secrets with one text value each. */
export const createSecretsService = (deps: {
  readonly clock: Clock;
  readonly environment: Environment;
  readonly store?: Store;
}): ServiceModule => {
  const { clock, environment, store = createMemoryStore() } = deps;
  const secrets = new Map<string, Secret>();
  const kept = store.collection<Secret>('secrets', (name) => secrets.get(name));
  for (const [name, secret] of kept.saved) secrets.set(name, secret);
  const find = (id: string | undefined) => secrets.get(id ?? '') ?? [...secrets.values()].find(({ arn }) => arn === id);
  const getOrThrow = (id: string | undefined): Secret => {
    const secret = find(id);
    if (secret) return secret;
    throw new AwsError('ResourceNotFoundException', `Secrets Manager can't find the specified secret: ${id ?? ''}`);
  };
  const described = ({ arn, name, versionId }: Secret) => ({ ARN: arn, Name: name, VersionId: versionId });
  return {
    service: 'secretsmanager',
    operations: {
      CreateSecret: ({ Name = '', SecretString = '' }: SecretInput) => {
        if (!/^[A-Za-z0-9/_+=.@-]{1,512}$/.test(Name))
          throw new AwsError('InvalidParameterException', `Name "${Name}": 1 to 512 letters, digits or /_+=.@-`);
        if (secrets.has(Name)) throw new AwsError('ResourceExistsException', `The secret ${Name} already exists.`);
        const arn = `arn:aws:secretsmanager:${environment.region}:${environment.accountId}:secret:${Name}-${suffix()}`;
        const secret = { arn, name: Name, value: SecretString, versionId: randomUUID(), createdAt: clock.now() };
        secrets.set(Name, secret);
        kept.changed(Name);
        return described(secret);
      },
      PutSecretValue: ({ SecretId, SecretString = '' }: SecretInput) => {
        const secret = getOrThrow(SecretId);
        Object.assign(secret, { value: SecretString, versionId: randomUUID(), createdAt: clock.now() });
        kept.changed(secret.name);
        return described(secret);
      },
      GetSecretValue: ({ SecretId }: SecretInput) => {
        const secret = getOrThrow(SecretId);
        return { ...described(secret), SecretString: secret.value, CreatedDate: new Date(secret.createdAt) };
      },
      DeleteSecret: ({ SecretId }: SecretInput) => {
        const secret = getOrThrow(SecretId);
        secrets.delete(secret.name);
        kept.changed(secret.name);
        return { ARN: secret.arn, Name: secret.name, DeletionDate: new Date(clock.now()) };
      },
    },
    resourcesOf: (_operation, { SecretId, Name }) => {
      const id = String(SecretId ?? Name ?? '');
      const prefix = `arn:aws:secretsmanager:${environment.region}:${environment.accountId}:secret:`;
      return [find(id)?.arn ?? (id.startsWith('arn:') ? id : `${prefix}${id}-??????`)];
    },
  };
};
