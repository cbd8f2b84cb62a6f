import { randomInt } from 'node:crypto';
import type { CreateJobRequest, DescribeJobTemplateResponse } from '@aws-sdk/client-iot';
import type { Log } from '../../shared/log';
import { contradictions, type DefaultTimeLimits } from './contradictions';
import { type DryRunAnswer, dryRun } from './dry-run';
import type { FleetIndex } from './fleet-index';
import { invalidPayload } from './invalid-payload';
import { jobConfigsOf } from './job-configs';
import { type CreateJobPayload, checkThingNames, parsePayload } from './payload';

export interface CreateJobDeps {
  /** Name of the job template, which is the name of the state machine. */
  readonly templateId: string;
  readonly jobIdPrefix: string;
  /** Characters that the name of a thing may have, so that the controller can reach it. */
  readonly longestThingName: number;
  readonly timeLimits: DefaultTimeLimits;
  readonly describeTemplate: (templateId: string) => Promise<DescribeJobTemplateResponse>;
  readonly createJob: (request: CreateJobRequest) => Promise<{ jobArn?: string | undefined }>;
  readonly fleet: FleetIndex;
  readonly log: Log;
  readonly now: () => number;
  readonly randomSuffix?: () => string;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const tenCharacters = () => Array.from({ length: 10 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

/** https://docs.aws.amazon.com/iot/latest/apireference/API_CreateJob.html */
const MAX_DOCUMENT_CHARACTERS = 32_768;

/** The template's document with what the devices are to do. */
const documentOf = (templateId: string, document: string | undefined, payload: CreateJobPayload): string => {
  const base: unknown = JSON.parse(document ?? 'null');
  if (typeof base !== 'object' || base === null)
    throw new Error(`The document of job template ${templateId} is not a JSON object: deploy the stack again.`);
  const { firmwareVersion, upgradeTrigger, firmware, activation, whenOffline, timeLimits, allowDowngrade } = payload;
  // The workflow of a job whose group a device leaves when it is upgraded records the outcome first.
  const targetSelection = payload.targetSelection === 'CONTINUOUS' ? payload.targetSelection : undefined;
  const text = JSON.stringify({
    ...base,
    ...{
      firmwareVersion,
      upgradeTrigger,
      firmware,
      activation,
      whenOffline,
      timeLimits,
      allowDowngrade,
      targetSelection,
    },
  });
  if (text.length > MAX_DOCUMENT_CHARACTERS)
    throw invalidPayload([
      `firmware makes a job document of ${text.length} characters, at most ${MAX_DOCUMENT_CHARACTERS} are possible: name fewer values in compatibleWith`,
    ]);
  return text;
};

interface CreatedJob {
  readonly jobId: string;
  readonly jobArn: string | undefined;
}

/**
 * Creates an IoT job that upgrades things and thing groups, or with `dryRun` only counts the devices.
 * @throws InvalidPayloadError and whatever IoT answers
 */
export const createJob =
  (deps: CreateJobDeps) =>
  async (event: unknown): Promise<CreatedJob | DryRunAnswer> => {
    const { templateId, jobIdPrefix, longestThingName, timeLimits, log, randomSuffix = tenCharacters } = deps;
    const payload = parsePayload(event);
    checkThingNames(payload, longestThingName);
    const template = await deps.describeTemplate(templateId);
    const configs = jobConfigsOf(payload, template);
    const problems = contradictions(payload, configs, timeLimits, deps.now());
    if (problems.length > 0) throw invalidPayload(problems);
    const { targets, targetSelection, firmwareVersion } = payload;
    const document = documentOf(templateId, template.document, payload);
    if (payload.dryRun) return dryRun(deps.fleet, payload);

    const jobId = `${jobIdPrefix}-${randomSuffix()}`;
    const { description } = template;
    const { jobArn } = await deps.createJob({
      ...{ jobId, targets, targetSelection, document, ...configs },
      ...(description !== undefined && { description }),
    });
    log.info(`Job for ${targets.join(', ')}: upgrade to ${firmwareVersion}`, { jobId });
    return { jobId, jobArn };
  };
