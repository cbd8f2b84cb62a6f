import type { StateType } from '../state-run';

/** Ends the machine, branch or iteration: https://docs.aws.amazon.com/step-functions/latest/dg/state-succeed.html */
export const succeed: StateType = (run) => run.language.withoutResult(run);
