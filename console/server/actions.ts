import * as v from 'valibot';
import type { Operator } from '../../operate/operator';
import { cancelRollout } from '../../operate/rollouts/cancel-rollout';
import { createRollout, previewRollout } from '../../operate/rollouts/create-rollout';
import { rolloutWithDocument } from '../../operate/rollouts/describe-rollout';
import { planRetry, previewRetry, runRetry } from '../../operate/rollouts/retry-failed';
import type { Action } from './http-server';
import type { Live } from './live';

/** The fields are checked by JobsCreateJob: its messages name field and fix. */
const requestSchema = v.record(v.string(), v.unknown());
const jobSchema = v.object({ jobId: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/)) });
const cancelSchema = v.object({ ...jobSchema.entries, force: v.optional(v.boolean(), false) });

const isOfRollouts = (name: string): boolean => /^(rollout|rollouts|steps|executions|progress)(\?|$)/.test(name);

/** All that the console can change: roll-outs of its stack, and nothing else. */
export const createActions = (operator: Operator, live: Pick<Live, 'refresh'>): ReadonlyMap<string, Action> => {
  const changing =
    <T>(change: (body: unknown) => Promise<T>): Action =>
    async (body) => {
      const answer = await change(body);
      live.refresh(isOfRollouts);
      return answer;
    };
  return new Map<string, Action>([
    ['rollouts/preview', (body) => previewRollout(operator, v.parse(requestSchema, body))],
    ['rollouts/create', changing((body) => createRollout(operator, v.parse(requestSchema, body)))],
    [
      'rollouts/cancel',
      changing(async (body) => {
        const { jobId, force } = v.parse(cancelSchema, body);
        // Of this stack, not just any job of the account.
        await rolloutWithDocument(operator, jobId);
        await cancelRollout(operator, jobId, { force });
        return {};
      }),
    ],
    [
      'rollouts/retry-preview',
      async (body) => {
        const retry = await planRetry(operator, v.parse(jobSchema, body).jobId);
        return { devices: retry.things.length, previews: await previewRetry(operator, retry) };
      },
    ],
    [
      'rollouts/retry',
      changing(async (body) => {
        const retry = await planRetry(operator, v.parse(jobSchema, body).jobId);
        return { devices: retry.things.length, jobIds: await runRetry(operator, retry) };
      }),
    ],
  ]);
};
