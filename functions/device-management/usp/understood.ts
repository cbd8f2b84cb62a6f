import type { DeviceMessage, Facts } from '../protocol';
import type { Failure } from './schemas';

/** `refused-all`: the agent did not take all subscriptions in one request; they are to be tried one by one. */
export type Understood =
  | Exclude<DeviceMessage, { kind: 'subscriptions-refused' }>
  | { readonly kind: 'refused-all'; readonly msgId: string };

/** A message in the terms of the domain, and what to remember of it. */
export interface Understanding {
  readonly message: Understood;
  readonly learnt?: Facts;
}

/** A failure of USP as a fault of the domain; nothing without a failure. */
export const faultOf = (problem: Failure | undefined) =>
  problem && { fault: { faultCode: problem.errCode, faultString: problem.errMsg } };
