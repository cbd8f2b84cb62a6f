import { customResource } from '../../../../functions/deployment/custom-resource';
import { fakeLog } from '../support/fakes';

describe('a custom resource', () => {
  const request = {
    RequestType: 'Create',
    ResponseURL: 'https://cloudformation.example.com/answer',
    StackId: 's',
    RequestId: 'r',
    LogicalResourceId: 'Descriptor',
    ResourceProperties: { a: 'b' },
  };
  const run = async (event: object, apply: () => Promise<Record<string, string>>) => {
    const answers: unknown[] = [];
    const removed: unknown[] = [];
    const resource = { apply, remove: async (properties: object) => void removed.push(properties) };
    await customResource(resource, fakeLog().log, async (url, body) => void answers.push({ url, ...body }))(event);
    return { answers, removed };
  };

  test('answers with its attributes', async () => {
    const { answers } = await run(request, async () => ({ Key: 'k' }));
    expect(answers).toMatchObject([
      { url: request.ResponseURL, Status: 'SUCCESS', Data: { Key: 'k' }, RequestId: 'r' },
    ]);
  });

  test('answers with the reason when it fails: CloudFormation must never wait in vain', async () => {
    const { answers } = await run(request, () => Promise.reject(new Error('bucket is gone')));
    expect(answers).toMatchObject([{ Status: 'FAILED', Reason: 'bucket is gone' }]);
  });

  test('removes on delete', async () => {
    const { answers, removed } = await run(
      { ...request, RequestType: 'Delete', PhysicalResourceId: 'p' },
      async () => ({}),
    );
    expect(removed).toEqual([{ a: 'b' }]);
    expect(answers).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'p' }]);
  });
});
