import * as v from 'valibot';
import type { CustomResource } from '../custom-resource';

const propertiesSchema = v.object({ Bucket: v.string(), DescriptorKey: v.string() });

export interface DescriptorDeps {
  /** Key and content of the descriptor that this code was built with. */
  readonly descriptor: { readonly key: string; readonly bytes: Uint8Array };
  readonly putObject: (bucket: string, key: string, bytes: Uint8Array) => Promise<void>;
  readonly emptyBucket: (bucket: string) => Promise<void>;
}

/** Keeps the protobuf descriptor in the bucket that the device message rule reads; empties the bucket on delete. */
export const descriptorResource = ({ descriptor, putObject, emptyBucket }: DescriptorDeps): CustomResource => ({
  apply: async (properties) => {
    const { Bucket, DescriptorKey } = v.parse(propertiesSchema, properties);
    const { key, bytes } = descriptor;
    if (DescriptorKey !== key)
      throw new Error(`template.yaml asks for the descriptor ${DescriptorKey}, the code holds ${key}: build again.`);
    await putObject(Bucket, key, bytes);
    return { DescriptorKey: key };
  },
  remove: (properties) => emptyBucket(v.parse(propertiesSchema, properties).Bucket),
});
