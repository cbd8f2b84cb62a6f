import * as v from 'valibot';
import type { Log } from '../shared/log';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html */
const requestSchema = v.object({
  RequestType: v.picklist(['Create', 'Update', 'Delete']),
  ResourceProperties: v.record(v.string(), v.unknown()),
});

const addressSchema = v.object({
  ResponseURL: v.pipe(v.string(), v.url()),
  StackId: v.string(),
  RequestId: v.string(),
  LogicalResourceId: v.string(),
  PhysicalResourceId: v.optional(v.string()),
});

/** What a custom resource does. Its result are the attributes that GetAtt reads. */
export interface CustomResource {
  /** Create and update, idempotent. */
  readonly apply: (properties: Readonly<Record<string, unknown>>) => Promise<Readonly<Record<string, string>>>;
  readonly remove: (properties: Readonly<Record<string, unknown>>) => Promise<void>;
}

/** PUTs an answer to CloudFormation. @throws Error when it is refused */
export type Respond = (url: string, body: Readonly<Record<string, unknown>>) => Promise<void>;

/** CloudFormation's address is presigned without a content type. */
export const respondByHttp: Respond = async (url, body) => {
  const answer = await fetch(url, { method: 'PUT', body: JSON.stringify(body), headers: { 'content-type': '' } });
  if (!answer.ok) throw new Error(`CloudFormation refused the answer: ${answer.status} ${await answer.text()}`);
};

const run = async ({ apply, remove }: CustomResource, event: unknown): Promise<Readonly<Record<string, string>>> => {
  const { RequestType, ResourceProperties } = v.parse(requestSchema, event);
  if (RequestType !== 'Delete') return apply(ResourceProperties);
  await remove(ResourceProperties);
  return {};
};

/**
 * Makes a Lambda handler of a custom resource. Whatever happens, CloudFormation gets an answer: without one it would wait
 * until its time-out.
 * @throws Error only when there is no address to answer to, or the answer cannot be delivered
 */
export const customResource =
  (resource: CustomResource, log: Log, respond: Respond) =>
  async (event: unknown): Promise<void> => {
    const { ResponseURL, StackId, RequestId, LogicalResourceId, PhysicalResourceId } = v.parse(addressSchema, event);
    const answer = await run(resource, event).then(
      (Data) => ({ Status: 'SUCCESS', Data }),
      (error: unknown) => {
        log.error(`${LogicalResourceId} failed`, { error });
        return { Status: 'FAILED', Reason: (error instanceof Error ? error.message : String(error)).slice(0, 1000) };
      },
    );
    const physicalId = PhysicalResourceId ?? `${LogicalResourceId}-resource`;
    await respond(ResponseURL, { ...answer, StackId, RequestId, LogicalResourceId, PhysicalResourceId: physicalId });
  };
