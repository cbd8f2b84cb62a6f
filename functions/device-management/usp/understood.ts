import type { DeviceMessage, Facts } from '../protocol';
import type { FollowUp } from './reachability';
import type { Failure } from './schemas';

/** A message in the terms of the domain, what to remember of it, and what this protocol has to send after it. */
export interface Understanding {
  readonly message: DeviceMessage;
  readonly learnt?: Facts;
  readonly followUp?: FollowUp;
  /** The agent has answered what it was asked at its connection. */
  readonly isReady?: boolean;
}

/** A failure of USP as a fault of the domain. */
export const faultOf = ({ errCode: faultCode, errMsg: faultString }: Failure) => ({
  fault: { faultCode, faultString },
});
