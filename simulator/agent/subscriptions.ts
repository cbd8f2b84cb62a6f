import { SUBSCRIPTIONS, rowsOf } from './data-model';
import { parseBoolean } from './param-values';
import { splitPath } from './paths';
import { resolveObjects } from './resolve';
import type { AgentState } from './types';

/** A row of Device.LocalAgent.Subscription. that matches a notification. */
export interface Subscription {
  readonly path: string;
  readonly id: string;
  readonly retry: boolean;
  /** Seconds after which retries end; 0 is never. */
  readonly expiration: number;
}

export type NotifType = 'Event' | 'OperationComplete' | 'ValueChange' | 'ObjectCreation' | 'ObjectDeletion';

const escaped = (text: string) => text.replace(/[.+?^${}()|[\]\\!]/g, '\\$&');

/** Whether an entry of a ReferenceList matches a full path. */
const covers = (state: AgentState, entry: string, reference: string, now: number): boolean => {
  if (entry.includes('[')) {
    const { objPath, name } = splitPath(entry);
    const resolved = resolveObjects(state, objPath, now);
    return 'exact' in resolved && resolved.exact.some(({ path }) => `${path}${name}` === reference);
  }
  const pattern = escaped(entry).replaceAll('*', '\\d+');
  return new RegExp(`^${pattern}${entry.endsWith('.') ? '' : '$'}`).test(reference);
};

/** The enabled subscriptions to a notification. @param reference full path of its event, command, parameter or object */
export const subscriptionsTo = (
  state: AgentState,
  notifType: NotifType,
  reference: string,
  now: number,
): Subscription[] =>
  rowsOf(state, SUBSCRIPTIONS)
    .filter(
      ({ params }) =>
        params['NotifType'] === notifType &&
        parseBoolean(params['Enable'] ?? '') === true &&
        (params['ReferenceList'] ?? '').split(',').some((entry) => covers(state, entry.trim(), reference, now)),
    )
    .map(({ path, params }) => ({
      path,
      id: params['ID'] ?? '',
      retry: state.config.profile.retriesNotifications && parseBoolean(params['NotifRetry'] ?? '') === true,
      expiration: Number(params['NotifExpiration'] ?? '0'),
    }));
