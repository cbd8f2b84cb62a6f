import { type Problem, REASON } from '../reason-codes';
import type { Ending } from './context';

/** The client breaks a rule of the protocol or of AWS IoT. */
export const clientError = (problem: Problem): Ending => ({
  reason: problem.reasonCode === REASON.notAuthorized ? 'FORBIDDEN_ACCESS' : 'CLIENT_ERROR',
  problem,
});

export const TAKEN_OVER: Ending = {
  reason: 'DUPLICATE_CLIENTID',
  problem: { reasonCode: REASON.sessionTakenOver, message: 'another connection has the same client id' },
};

export const SILENT: Ending = {
  reason: 'MQTT_KEEP_ALIVE_TIMEOUT',
  problem: { reasonCode: REASON.keepAliveTimeout, message: 'nothing has arrived for 1.5 times the keep-alive time' },
};

/** There is nobody to tell. */
export const LOST: Ending = { reason: 'CONNECTION_LOST' };

export const SHUTTING_DOWN: Ending = {
  reason: 'CONNECTION_LOST',
  problem: { reasonCode: REASON.serverShuttingDown, message: 'the broker stops' },
};
