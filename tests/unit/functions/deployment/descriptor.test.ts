import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { customResource } from '../../../../functions/deployment/custom-resource';
import { emptyBucket, hasObject, putObject } from '../../../../functions/deployment/descriptor/bucket';
import { descriptorResource } from '../../../../functions/deployment/descriptor/descriptor';
import { drivenClock } from '../../../../local/core/clock';
import { createS3Service } from '../../../../local/services/s3/s3-service';
import { type Harness, startFrontEnd } from '../../wire/wire-harness';
import { fakeLog } from '../support/fakes';

const Bucket = 'descriptors';

describe('the custom resource Descriptor', () => {
  let started: Harness;
  let s3: S3Client;
  beforeEach(async () => {
    const environment = { accountId: '000000000000', region: 'us-east-1' };
    started = await startFrontEnd([createS3Service({ clock: drivenClock(), environment })]);
    s3 = new S3Client({ ...started.config, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket }));
  });
  afterEach(() => started.frontEnd.close());

  /** What CloudFormation is answered when it asks the code of one release for a key. */
  const answerOf = async (release: string, RequestType: string, DescriptorKey: string) => {
    const answers: Readonly<Record<string, unknown>>[] = [];
    const resource = descriptorResource({
      descriptor: { key: `${release}.desc`, bytes: Buffer.from(release) },
      ...{ putObject: putObject(s3), hasObject: hasObject(s3), emptyBucket: emptyBucket(s3) },
    });
    const event = {
      ...{ RequestType, ResponseURL: 'https://cloudformation.example.com/', StackId: 's', RequestId: 'r' },
      ...{ LogicalResourceId: 'Descriptor', ResourceProperties: { Bucket, DescriptorKey } },
      ...(RequestType !== 'Create' && { PhysicalResourceId: 'Descriptor-resource' }),
    };
    await customResource(resource, fakeLog().log, async (_, body) => void answers.push(body))(event);
    return answers[0];
  };
  const content = async (Key: string) =>
    (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();

  test('uploads the descriptor that the code was built with, and gives its key to the rule', async () => {
    expect(await answerOf('one', 'Create', 'one.desc')).toMatchObject({
      Status: 'SUCCESS',
      Data: { DescriptorKey: 'one.desc' },
    });
    expect(await content('one.desc')).toBe('one');
  });

  test('keeps the old descriptor through an update: running rules may read it', async () => {
    await answerOf('one', 'Create', 'one.desc');
    expect(await answerOf('two', 'Update', 'two.desc')).toMatchObject({ Status: 'SUCCESS' });
    expect([await content('one.desc'), await content('two.desc')]).toEqual(['one', 'two']);
  });

  // A roll-back is an Update with the old properties; whether the old code runs again by then depends on what failed.
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requesttypes-update.html
  test.each(['one', 'two'])(
    'goes back to the old key in a roll-back, run by the code of release %s',
    async (release) => {
      await answerOf('one', 'Create', 'one.desc');
      await answerOf('two', 'Update', 'two.desc');
      expect(await answerOf(release, 'Update', 'one.desc')).toMatchObject({
        Status: 'SUCCESS',
        PhysicalResourceId: 'Descriptor-resource',
        Data: { DescriptorKey: 'one.desc' },
      });
      expect(await content('one.desc')).toBe('one');
    },
  );

  test.each(['Create', 'Update'])('fails a %s with a key that neither code nor bucket has', async (type) => {
    await answerOf('one', 'Create', 'one.desc');
    // A key that another begins with is another key.
    for (const key of ['two.desc', 'one.d'])
      expect(await answerOf('one', type, key)).toMatchObject({
        Status: 'FAILED',
        Reason: `template.yaml asks for the descriptor ${key}, the code holds one.desc: build again.`,
      });
  });

  test('empties the bucket on delete', async () => {
    await answerOf('one', 'Create', 'one.desc');
    expect(await answerOf('one', 'Delete', 'one.desc')).toMatchObject({ Status: 'SUCCESS' });
    await expect(content('one.desc')).rejects.toThrow('does not exist');
  });
});
