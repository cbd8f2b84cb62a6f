import { secondsField } from '../fields';
import { callIntegration, type Integration, integrationOf } from '../integrations';
import type { Json } from '../json';
import { MAX_PAYLOAD_BYTES, payloadText } from '../payload';
import type { TaskProgress } from '../position';
import { withRetryAndCatch } from '../retry-and-catch';
import { StateError } from '../state-error';
import type { StateRun, StateType } from '../state-run';
import { type Limits, watchLimits } from './time-limits';

const TOO_LARGE = `is larger than ${MAX_PAYLOAD_BYTES} bytes.`;

/** Evaluates the arguments of the call and records them; those of a call that a restart interrupted are recorded already. */
const parametersOf = async (
  run: StateRun,
  { resourceType, resource }: Integration,
  { timeout, heartbeat }: Limits,
  task: TaskProgress,
): Promise<Json> => {
  const { machine, history, language } = run;
  if (task.scheduledEventId !== undefined) return history.parametersOf(task.scheduledEventId);
  const { token } = task;
  const scope = token === undefined ? run : { ...run, context: { ...run.context, Task: { Token: token } } };
  const parameters = await language.argumentsOf(scope);
  // Expressions are evaluated asynchronously: an execution that was stopped meanwhile records nothing and makes no call.
  task.scheduledEventId = history.add('TaskScheduled', {
    taskScheduledEventDetails: {
      resourceType,
      resource,
      region: machine.arn.split(':')[3] ?? '',
      parameters: payloadText(parameters, `The parameters of '${run.name}' ${TOO_LARGE}`),
      ...(timeout !== undefined && { timeoutInSeconds: timeout }),
      ...(heartbeat !== undefined && { heartbeatInSeconds: heartbeat }),
    },
  });
  history.add('TaskStarted', { taskStartedEventDetails: { resourceType, resource } });
  return parameters;
};

const callService = async (run: StateRun, integration: Integration, limits: Limits, task: TaskProgress) => {
  const { api, machine, history } = run;
  const { resourceType, resource } = integration;
  const parameters = await parametersOf(run, integration, limits, task);
  const output = await callIntegration(api, integration, parameters, machine.roleArn);
  if (task.token !== undefined) {
    history.add('TaskSubmitted', {
      taskSubmittedEventDetails: { resourceType, resource, output: JSON.stringify(output) },
    });
    task.submitted = true;
  }
  return output;
};

const beginTask = ({ clock, tokens }: StateRun, integration: Integration, limits: Limits): TaskProgress => ({
  ...(integration.waitForTaskToken && { token: tokens.create() }),
  ...(limits.timeout !== undefined && { timeoutAt: clock.now() + limits.timeout * 1000 }),
  ...(limits.heartbeat !== undefined && { heartbeatAt: clock.now() + limits.heartbeat * 1000 }),
});

/** The result of the call or, with .waitForTaskToken, the result that is sent with the token. */
const resultOf = async (run: StateRun, integration: Integration): Promise<Json> => {
  const { tokens, scope, visit } = run;
  const limits = {
    timeout: await secondsField(run, 'TimeoutSeconds', 1),
    heartbeat: await secondsField(run, 'HeartbeatSeconds', 1),
  };
  const task = (visit.task ??= beginTask(run, integration, limits));
  const { token } = task;
  const release: (() => void)[] = [];
  const result = new Promise<Json>((resolve, reject) => {
    const watch = watchLimits(run, task, limits, reject);
    release.push(watch.stop);
    if (token === undefined) {
      callService(run, integration, limits, task).then(resolve, reject);
      return;
    }
    tokens.open(token, { succeed: resolve, fail: reject, heartbeat: watch.heartbeat });
    release.push(() => tokens.close(token));
    if (!task.submitted) callService(run, integration, limits, task).catch(reject);
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
