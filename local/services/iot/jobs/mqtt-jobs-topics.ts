import * as v from 'valibot';
import { AwsError } from '../../../core/aws-error';
import type { MqttMessage } from '../../../core/mqtt';
import type { IotContext } from '../context';
import type { DeviceJobs } from './device-jobs';
import { seconds } from './job';

const details = v.optional(v.record(v.string(), v.string()));
const request = v.object({
  clientToken: v.optional(v.string()),
  status: v.optional(v.string()),
  statusDetails: details,
  expectedVersion: v.optional(v.pipe(v.union([v.number(), v.string()]), v.transform(Number), v.integer())),
  executionNumber: v.optional(v.number()),
  includeJobExecutionState: v.optional(v.boolean()),
  includeJobDocument: v.optional(v.boolean()),
  stepTimeoutInMinutes: v.optional(v.number()),
});
type Request = v.InferOutput<typeof request>;

/** `$aws/things/<thing>/jobs/` and one of: get, start-next, <jobId>/get, <jobId>/update. Responses do not match. */
const TOPIC = /^\$aws\/things\/([^/]+)\/jobs\/(?:(get|start-next)|([^/]+)\/(get|update))$/;

/** Error codes of the MQTT API for the exceptions of the HTTPS API. */
const CODES: Readonly<Record<string, string>> = {
  InvalidRequestException: 'InvalidRequest',
  ResourceNotFoundException: 'ResourceNotFound',
  InvalidStateTransitionException: 'InvalidStateTransition',
  TerminalStateException: 'TerminalStateReached',
};

const parse = (payload: Buffer): Request => {
  let json: unknown;
  try {
    json = payload.length === 0 ? {} : JSON.parse(payload.toString());
  } catch (error) {
    throw new AwsError('InvalidJson', `The payload is not JSON: ${String(error)}`);
  }
  const parsed = v.safeParse(request, json);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new AwsError('InvalidRequestException', `${v.getDotPath(issue) ?? 'payload'}: ${issue.message}`);
};

/** An invalid payload may still contain the client token, which the response has to repeat. */
const clientTokenOf = (payload: Buffer): { clientToken?: string } => {
  try {
    const parsed = v.safeParse(v.object({ clientToken: v.string() }), JSON.parse(payload.toString()));
    return parsed.success ? parsed.output : {};
  } catch {
    return {};
  }
};

/** Answers the jobs requests of devices over MQTT (AWS IoT developer guide, jobs device MQTT API). */
export const answerJobsTopics = ({ bus, clock, report }: IotContext, jobs: DeviceJobs): (() => void) => {
  const answer = (thingName: string, jobId: string | undefined, action: string, given: Request): object => {
    if (jobId === undefined) {
      if (action === 'get') return jobs.pending(thingName);
      const execution = jobs.startNext(thingName, given);
      return execution ? { execution } : {};
    }
    if (action === 'get') {
      const execution = jobs.describe(thingName, jobId, given);
      return execution ? { execution } : {};
    }
    const { job, status, statusDetails, versionNumber } = jobs.update(thingName, jobId, given);
    return {
      ...(given.includeJobExecutionState ? { executionState: { status, statusDetails, versionNumber } } : {}),
      ...(given.includeJobDocument ? { jobDocument: job.documentValue } : {}),
    };
  };

  return bus.onMessage(({ topic, payload, clientId }: MqttMessage) => {
    const match = TOPIC.exec(topic);
    if (!match) return;
    const [, thingName = '', plain, jobId, ofJob] = match;
    const respond = (outcome: 'accepted' | 'rejected', message: object) =>
      bus.publish({
        topic: `${topic}/${outcome}`,
        payload: Buffer.from(
          JSON.stringify({ ...clientTokenOf(payload), timestamp: seconds(clock.now()), ...message }),
        ),
        qos: 1,
      });
    try {
      respond('accepted', answer(thingName, jobId, plain ?? ofJob ?? '', parse(payload)));
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      if (!(error instanceof AwsError))
        report({ level: 'error', source: 'iot', message: `jobs request on ${topic} failed: ${message}` });
      const code = CODES[name] ?? (error instanceof AwsError ? name : 'InternalError');
      const state =
        code === 'VersionMismatch' || code === 'InvalidStateTransition'
          ? jobs.state(thingName, jobId ?? '')
          : undefined;
      respond('rejected', { code, message, ...(state ? { executionState: state } : {}) });
      if (clientId !== undefined)
        report({
          level: 'warn',
          source: 'iot',
          message: `jobs request of ${clientId} on ${topic} rejected: ${code}: ${message}`,
        });
    }
  });
};
