import { randomInt } from 'node:crypto';
import type { CreateJobRequest, DescribeJobTemplateResponse } from '@aws-sdk/client-iot';
import type { Log } from '../../shared/log';
import { type CreateJobPayload, checkThingName, parsePayload } from './payload';

export interface CreateJobDeps {
  /** Name of the job template, which is the name of the state machine. */
  readonly templateId: string;
  readonly jobIdPrefix: string;
  /** Characters that the name of a thing may have, so that the controller can reach it. */
  readonly longestThingName: number;
  readonly describeTemplate: (templateId: string) => Promise<DescribeJobTemplateResponse>;
  readonly createJob: (request: CreateJobRequest) => Promise<{ jobArn?: string | undefined }>;
  readonly log: Log;
  readonly randomSuffix?: () => string;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const tenCharacters = () => Array.from({ length: 10 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

/** The template's document with what this job is about. */
const documentOf = (templateId: string, document: string | undefined, payload: CreateJobPayload): string => {
  const base: unknown = JSON.parse(document ?? 'null');
  if (typeof base !== 'object' || base === null)
    throw new Error(`The document of job template ${templateId} is not a JSON object: deploy the stack again.`);
  const { targetArn: _target, targetSelection: _selection, ...jobOptions } = payload;
  return JSON.stringify({ ...base, ...jobOptions });
};

/**
 * Creates an IoT job that upgrades a thing or a thing group. Settings of the template (roll-out, abort, time-out, retry)
 * are carried over, because CreateJob takes a document or a template, not both.
 * @throws InvalidPayloadError and whatever IoT answers
 */
export const createJob =
  ({
    templateId,
    jobIdPrefix,
    longestThingName,
    describeTemplate,
    createJob: create,
    log,
    randomSuffix = tenCharacters,
  }: CreateJobDeps) =>
  async (event: unknown): Promise<{ jobId: string; jobArn: string | undefined }> => {
    const payload = parsePayload(event);
    checkThingName(payload, longestThingName);
    const template = await describeTemplate(templateId);
    const jobId = `${jobIdPrefix}-${randomSuffix()}`;
    const { jobExecutionsRolloutConfig, abortConfig, timeoutConfig, jobExecutionsRetryConfig, description } = template;
    const { jobArn } = await create({
      jobId,
      targets: [payload.targetArn],
      targetSelection: payload.targetSelection,
      document: documentOf(templateId, template.document, payload),
      ...(description !== undefined && { description }),
      ...(jobExecutionsRolloutConfig && { jobExecutionsRolloutConfig }),
      ...(abortConfig && { abortConfig }),
      ...(timeoutConfig && { timeoutConfig }),
      ...(jobExecutionsRetryConfig && { jobExecutionsRetryConfig }),
    });
    log.info(`Job for ${payload.targetArn}: upgrade to ${payload.firmwareVersion}`, { jobId });
    return { jobId, jobArn };
  };
