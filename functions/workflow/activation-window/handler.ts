import { fromEnv } from '../../shared/env';
import { createLog } from '../../shared/log';
import { activationWindow } from './activation-window';

const { STACK_NAME } = fromEnv(process.env, 'STACK_NAME');
const answer = activationWindow(Date.now, createLog(STACK_NAME));

/** Invoked by the state machine. */
export const handler = (event: unknown): Promise<{ waitUntil: string }> => Promise.resolve().then(() => answer(event));
