import { InvokeCommand } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import type { Operator } from '../operator';

const count = v.number();
const createdSchema = v.object({ jobId: v.string() });
const dryRunSchema = v.object({
  dryRun: v.literal(true),
  targets: v.array(v.string()),
  devices: count,
  offline: count,
  alreadyOnTarget: count,
  needsDowngrade: v.optional(count),
  incompatible: v.optional(count),
  withoutVersion: count,
  notFound: count,
  versions: v.record(v.string(), count),
  onOtherVersions: count,
  samples: v.record(v.string(), v.array(v.string())),
});
const errorSchema = v.object({ errorType: v.optional(v.string()), errorMessage: v.string() });

/** What a roll-out would reach: functions/jobs/create-job/dry-run.ts says what is counted. */
export type Preview = Readonly<v.InferOutput<typeof dryRunSchema>>;

/** The payload of JobsCreateJob, without `dryRun`: the function checks it, and its errors name field and fix. */
export type RolloutRequest = Readonly<Record<string, unknown>>;

/** What was asked for cannot be done. Of JobsCreateJob, the message is the function's. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

const invoke = async (
  { clients: { lambda }, resources: { createJobFunction } }: Operator,
  request: RolloutRequest,
): Promise<unknown> => {
  const Payload = Buffer.from(JSON.stringify(request));
  const answer = await lambda.send(new InvokeCommand({ FunctionName: createJobFunction, Payload }));
  const text = Buffer.from(answer.Payload ?? []).toString('utf8');
  const body: unknown = JSON.parse(text);
  if (answer.FunctionError === undefined) return body;
  const error = v.safeParse(errorSchema, body);
  throw new RefusedError(error.success ? error.output.errorMessage : `JobsCreateJob failed: ${text}`);
};

/** @throws RefusedError; ValiError when the function answers something else */
export const createRollout = async (operator: Operator, request: RolloutRequest): Promise<{ readonly jobId: string }> =>
  v.parse(createdSchema, await invoke(operator, request));

/** Counts the devices that a roll-out would reach, and creates nothing. @throws RefusedError */
export const previewRollout = async (operator: Operator, request: RolloutRequest): Promise<Preview> =>
  v.parse(dryRunSchema, await invoke(operator, { ...request, dryRun: true }));
