import type { LocalApi } from '../core/create-api';
import type { Backlog } from '../core/backlog';

/** The services; a call of a role, which is a function's, a state machine's or a rule's, counts as work until it is answered. */
export const countedApi = (api: LocalApi, backlog: Backlog): LocalApi => ({
  ...api,
  call: async (service, operation, input, principal) => {
    if (principal.kind !== 'role') return api.call(service, operation, input, principal);
    backlog.begin();
    try {
      return await api.call(service, operation, input, principal);
    } finally {
      backlog.end();
    }
  },
});
