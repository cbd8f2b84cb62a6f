import type { Principal } from '../../../local/core/api';
import { AwsError } from '../../../local/core/aws-error';
import { createApi } from '../../../local/core/create-api';
import { fakeService, ROLE } from './wire-harness';

const role: Principal = { kind: 'role', roleArn: ROLE };
const account: Principal = { kind: 'account' };
const OPERATION = 'StartNextPendingJobExecution';

const setUp = () => {
  const asked: unknown[] = [];
  const refused = new Set<string>();
  const authorize = (_principal: Principal, action: string, resources: readonly string[]) => {
    asked.push([action, resources]);
    if (refused.has(action)) throw new AwsError('AccessDeniedException', `${action} is not allowed`, 403);
  };
  const api = createApi({ authorizer: { authorize } });
  const fake = fakeService('iot-jobs-data', { [OPERATION]: { ok: true } });
  api.register({ ...fake.module, resourcesOf: (_operation, { thingName }) => [`arn:thing/${String(thingName)}`] });
  return { api, asked, refused, inputs: fake.inputs };
};

describe('the API router', () => {
  test('asks the authorizer for roles only, with the IAM prefix of the service and the resources of the input', async () => {
    const { api, asked } = setUp();
    await api.call('iot-jobs-data', OPERATION, { thingName: 't' }, role);
    await api.call('iot-jobs-data', OPERATION, { thingName: 't' }, account);
    expect(asked).toEqual([[`iotjobsdata:${OPERATION}`, ['arn:thing/t']]]);
  });

  test('asks for each permission of a call that needs several', async () => {
    const { api, asked, refused } = setUp();
    const several = [
      { action: 'dynamodb:PutItem', resources: ['arn:a'] },
      { action: 'dynamodb:DeleteItem', resources: ['arn:b'] },
    ];
    api.register({ ...fakeService('dynamodb', { TransactWriteItems: {} }).module, permissionsOf: () => several });
    await api.call('dynamodb', 'TransactWriteItems', {}, role);
    expect(asked).toEqual(several.map(({ action, resources }) => [action, resources]));
    refused.add('dynamodb:DeleteItem');
    await expect(api.call('dynamodb', 'TransactWriteItems', {}, role)).rejects.toThrow('dynamodb:DeleteItem');
  });

  test('does not run what a role may not do', async () => {
    const { api, refused, inputs } = setUp();
    refused.add(`iotjobsdata:${OPERATION}`);
    await expect(api.call('iot-jobs-data', OPERATION, {}, role)).rejects.toThrow('is not allowed');
    expect(inputs).toEqual({});
  });

  test('counts calls by operation, kind of caller and role, until it is reset', async () => {
    const { api } = setUp();
    for (const principal of [role, role, account]) await api.call('iot-jobs-data', OPERATION, {}, principal);
    const name = `iot-jobs-data:${OPERATION}`;
    expect(api.counts()).toEqual({ [name]: 3 });
    expect(api.counts('role')).toEqual({ [name]: 2 });
    expect(api.counts('account')).toEqual({ [name]: 1 });
    expect(api.countsByCaller()).toEqual({ [ROLE]: { [name]: 2 }, account: { [name]: 1 } });
    api.resetCounts();
    expect(api.counts()).toEqual({});
  });

  test.each(['Missing', 'toString'])('names the operation %s, which is not emulated', async (operation) => {
    await expect(setUp().api.call('iot-jobs-data', operation, {}, account)).rejects.toMatchObject({
      code: 'UnknownOperationException',
      message: expect.stringContaining(`iot-jobs-data:${operation} is not emulated by local mode`),
    });
  });
});
