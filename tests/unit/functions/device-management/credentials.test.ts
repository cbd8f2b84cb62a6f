import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { secretsManagerCredentials } from '../../../../functions/device-management/credentials';

describe('firmware credentials', () => {
  const secrets = mockClient(SecretsManagerClient);
  beforeEach(() => secrets.reset());

  test('are read once for many devices, and again after five minutes', async () => {
    secrets.on(GetSecretValueCommand).resolves({ SecretString: '{"username":"u","password":"p"}' });
    let now = 0;
    const credentialsIn = secretsManagerCredentials(new SecretsManagerClient({}), () => now);
    expect(await credentialsIn('firmware/login')).toEqual({ username: 'u', password: 'p' });
    await credentialsIn('firmware/login');
    expect(secrets.calls()).toHaveLength(1);
    now = 5 * 60_000;
    await credentialsIn('firmware/login');
    expect(secrets.calls()).toHaveLength(2);
  });

  test('that are malformed are named by their secret, without its content', async () => {
    secrets.on(GetSecretValueCommand).resolves({ SecretString: 'hunter2' });
    const credentialsIn = secretsManagerCredentials(new SecretsManagerClient({}), () => 0);
    await expect(credentialsIn('firmware/login')).rejects.toThrow('Secret firmware/login must hold JSON');
    await expect(credentialsIn('firmware/login')).rejects.not.toThrow('hunter2');
  });
});
