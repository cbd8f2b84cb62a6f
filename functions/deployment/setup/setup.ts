import * as v from 'valibot';
import type { Log } from '../../shared/log';

const flag = v.pipe(
  v.picklist(['true', 'false']),
  v.transform((text) => text === 'true'),
);

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html */
const requestSchema = v.object({
  RequestType: v.picklist(['Create', 'Update', 'Delete']),
  ResponseURL: v.pipe(v.string(), v.url()),
  StackId: v.string(),
  RequestId: v.string(),
  LogicalResourceId: v.string(),
  ResourceProperties: v.object({
    Bucket: v.string(),
    DescriptorKey: v.string(),
    EnableFleetIndexing: flag,
    EnableJobEvents: flag,
  }),
});

const addressSchema = v.object({
  ResponseURL: v.string(),
  StackId: v.string(),
  RequestId: v.string(),
  LogicalResourceId: v.string(),
  PhysicalResourceId: v.optional(v.string()),
});

export interface SetupDeps {
  readonly log: Log;
  /** Key and content of the descriptor that this code was built with. */
  readonly descriptor: { readonly key: string; readonly bytes: Uint8Array };
  readonly putObject: (bucket: string, key: string, bytes: Uint8Array) => Promise<void>;
  readonly emptyBucket: (bucket: string) => Promise<void>;
  readonly enableFleetIndexing: () => Promise<void>;
  readonly enableJobEvents: () => Promise<void>;
  /** PUTs the answer to CloudFormation. */
  readonly respond: (url: string, body: Readonly<Record<string, unknown>>) => Promise<void>;
}

const apply = async (deps: SetupDeps, event: unknown): Promise<Readonly<Record<string, string>>> => {
  const { RequestType, ResourceProperties } = v.parse(requestSchema, event);
  const { Bucket, DescriptorKey, EnableFleetIndexing, EnableJobEvents } = ResourceProperties;
  if (RequestType === 'Delete') {
    // Account-wide settings stay as they are: other stacks may rely on them.
    await deps.emptyBucket(Bucket);
    return {};
  }
  const { key, bytes } = deps.descriptor;
  if (DescriptorKey !== key)
    throw new Error(`template.yaml asks for the descriptor ${DescriptorKey}, the code holds ${key}: build again.`);
  await deps.putObject(Bucket, key, bytes);
  if (EnableFleetIndexing) await deps.enableFleetIndexing();
  if (EnableJobEvents) await deps.enableJobEvents();
  return { DescriptorKey: key };
};

/**
 * The custom resource that leaves nothing to do by hand after a deployment. Whatever happens, CloudFormation gets an
 * answer: without one it would wait until its time-out.
 * @throws Error only when there is no address to answer to, or the answer cannot be delivered
 */
export const setUp =
  (deps: SetupDeps) =>
  async (event: unknown): Promise<void> => {
    const address = v.parse(addressSchema, event);
    const answer = await apply(deps, event).then(
      (Data) => ({ Status: 'SUCCESS', Data }),
      (error: unknown) => {
        deps.log.error('Deployment setup failed', { error });
        return { Status: 'FAILED', Reason: (error instanceof Error ? error.message : String(error)).slice(0, 1000) };
      },
    );
    await deps.respond(address.ResponseURL, {
      ...answer,
      StackId: address.StackId,
      RequestId: address.RequestId,
      LogicalResourceId: address.LogicalResourceId,
      PhysicalResourceId: address.PhysicalResourceId ?? `${address.LogicalResourceId}-setup`,
    });
  };
