import { type CallFault, type Disturbance, NoAnswerError } from '../core/disturbance';
import type { LocalApi } from '../core/create-api';
import type { RunningInvocations } from '../services/lambda/running-invocations';

/**
 * The services as roles find them: a call goes wrong as the disturbance says, and one of an invocation that is over does nothing,
 * because its runtime is frozen or gone.
 */
export const disturbedApi = (api: LocalApi, disturbance: Disturbance, running: RunningInvocations): LocalApi => {
  /** @throws always: the answer of a call that goes wrong */
  const fail = ({ answer }: CallFault, traceId: string | undefined, what: string): never => {
    if ((answer === 'exit' || answer === 'timeout') && traceId !== undefined) running.stop(traceId, answer);
    throw typeof answer === 'string' ? new NoAnswerError(`${what} was not answered.`) : answer;
  };
  return {
    ...api,
    call: async (service, operation, input, principal) => {
      if (principal.kind !== 'role') return api.call(service, operation, input, principal);
      const { roleArn, traceId } = principal;
      const what = `${service}:${operation}`;
      const invocation = traceId === undefined ? undefined : running.find(traceId);
      if (traceId !== undefined && !invocation)
        throw new NoAnswerError(`${what} comes from an invocation that is over.`);
      const fault = disturbance.call({ service, operation, input, roleArn, ...(invocation && { invocation }) });
      if (!fault) return api.call(service, operation, input, principal);
      // Nobody hears the answer, not even one that says that the service refuses.
      if (fault.takesEffect) await Promise.allSettled([api.call(service, operation, input, principal)]);
      return fail(fault, traceId, what);
    },
  };
};
