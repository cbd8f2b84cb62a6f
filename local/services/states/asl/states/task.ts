import type { Timer } from '../../../../core/clock';
import { secondsField } from '../fields';
import { callIntegration, type Integration, integrationOf } from '../integrations';
import type { Json } from '../json';
import { MAX_PAYLOAD_BYTES, payloadText } from '../payload';
import { withRetryAndCatch } from '../retry-and-catch';
import { StateError } from '../state-error';
import type { StateRun, StateType } from '../state-run';

const TOO_LARGE = `is larger than ${MAX_PAYLOAD_BYTES} bytes.`;

interface Limits {
  readonly timeout: number | undefined;
  readonly heartbeat: number | undefined;
}

/** Rejects when a limit passes without a result. `heartbeat` restarts the heartbeat limit. */
const watchLimits = ({ clock }: StateRun, { timeout, heartbeat }: Limits, reject: (error: StateError) => void) => {
  const limit = (seconds: number | undefined, error: string): Timer | undefined =>
    seconds === undefined ? undefined : clock.setTimeout(() => reject(new StateError(error)), seconds * 1000);
  const timer = limit(timeout, 'States.Timeout');
  let heartbeatTimer = limit(heartbeat, 'States.HeartbeatTimeout');
  return {
    heartbeat: () => {
      heartbeatTimer?.cancel();
      heartbeatTimer = limit(heartbeat, 'States.HeartbeatTimeout');
    },
    stop: () => {
      timer?.cancel();
      heartbeatTimer?.cancel();
    },
  };
};

/** Evaluates the arguments, calls the service and records both in the history. */
const callService = async (run: StateRun, integration: Integration, limits: Limits, token?: string): Promise<Json> => {
  const { api, machine, history, language } = run;
  const { resourceType, resource } = integration;
  const scope = token === undefined ? run : { ...run, context: { ...run.context, Task: { Token: token } } };
  const parameters = await language.argumentsOf(scope);
  // Expressions are evaluated asynchronously: an execution that was stopped meanwhile records nothing and makes no call.
  history.add('TaskScheduled', {
    taskScheduledEventDetails: {
      resourceType,
      resource,
      region: machine.arn.split(':')[3] ?? '',
      parameters: payloadText(parameters, `The parameters of '${run.name}' ${TOO_LARGE}`),
      ...(limits.timeout !== undefined && { timeoutInSeconds: limits.timeout }),
      ...(limits.heartbeat !== undefined && { heartbeatInSeconds: limits.heartbeat }),
    },
  });
  history.add('TaskStarted', { taskStartedEventDetails: { resourceType, resource } });
  const output = await callIntegration(api, integration, parameters, machine.roleArn);
  if (token !== undefined)
    history.add('TaskSubmitted', {
      taskSubmittedEventDetails: { resourceType, resource, output: JSON.stringify(output) },
    });
  return output;
};

/** The result of the call or, with .waitForTaskToken, the result that is sent with the token. */
const resultOf = async (run: StateRun, integration: Integration): Promise<Json> => {
  const { tokens, scope } = run;
  const limits = {
    timeout: await secondsField(run, 'TimeoutSeconds', 1),
    heartbeat: await secondsField(run, 'HeartbeatSeconds', 1),
  };
  const release: (() => void)[] = [];
  const result = new Promise<Json>((resolve, reject) => {
    const watch = watchLimits(run, limits, reject);
    release.push(watch.stop);
    if (!integration.waitForTaskToken) {
      callService(run, integration, limits).then(resolve, reject);
      return;
    }
    const token = tokens.open({ succeed: resolve, fail: reject, heartbeat: watch.heartbeat });
    release.push(() => tokens.close(token));
    callService(run, integration, limits, token).catch(reject);
  });
  return scope.guard(result).finally(() => {
    for (const free of release) free();
  });
};

const recordFailure = ({ history }: StateRun, { resourceType, resource }: Integration, failure: StateError) => {
  const { error, errorCause: cause } = failure;
  const details = { resourceType, resource, error, ...(cause !== undefined && { cause }) };
  if (error === 'States.Timeout' || error === 'States.HeartbeatTimeout')
    history.add('TaskTimedOut', { taskTimedOutEventDetails: details });
  else if (error !== 'States.QueryEvaluationError') history.add('TaskFailed', { taskFailedEventDetails: details });
};

/** https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html */
export const task: StateType = (run) =>
  withRetryAndCatch(run, async (attempt) => {
    const integration = integrationOf(String(attempt.state['Resource']));
    const { resourceType, resource } = integration;
    try {
      const output = await resultOf(attempt, integration);
      attempt.history.add('TaskSucceeded', {
        taskSucceededEventDetails: {
          ...{ resourceType, resource },
          output: payloadText(output, `The state/task '${resourceType}' returned a result that ${TOO_LARGE}`),
        },
      });
      return output;
    } catch (error) {
      if (error instanceof StateError) recordFailure(attempt, integration, error);
      throw error;
    }
  });
