import * as v from 'valibot';
import type { CustomResource } from '../custom-resource';

const propertiesSchema = v.object({ Bucket: v.string(), DescriptorKey: v.string() });

export interface DescriptorDeps {
  /** Key and content of the descriptor that this code was built with. */
  readonly descriptor: { readonly key: string; readonly bytes: Uint8Array };
  readonly putObject: (bucket: string, key: string, bytes: Uint8Array) => Promise<void>;
  readonly hasObject: (bucket: string, key: string) => Promise<boolean>;
  readonly emptyBucket: (bucket: string) => Promise<void>;
}

/**
 * Keeps the protobuf descriptor in the bucket that the device message rule reads; empties the bucket on delete. A roll-back is
 * an update with the old properties (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requesttypes-update.html),
 * which the new code may still get: it finds the old descriptor in the bucket, because no update deletes one.
 */
export const descriptorResource = ({
  descriptor,
  putObject,
  hasObject,
  emptyBucket,
}: DescriptorDeps): CustomResource => ({
  apply: async (properties) => {
    const { Bucket, DescriptorKey } = v.parse(propertiesSchema, properties);
    const { key, bytes } = descriptor;
    if (DescriptorKey === key) await putObject(Bucket, key, bytes);
    else if (!(await hasObject(Bucket, DescriptorKey)))
      throw new Error(`template.yaml asks for the descriptor ${DescriptorKey}, the code holds ${key}: build again.`);
    return { DescriptorKey };
  },
  remove: (properties) => emptyBucket(v.parse(propertiesSchema, properties).Bucket),
});
