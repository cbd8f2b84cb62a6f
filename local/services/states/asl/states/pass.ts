import { follow, type StateType } from '../state-run';

/** https://docs.aws.amazon.com/step-functions/latest/dg/state-pass.html */
export const pass: StateType = async (run) => follow(run, await run.language.withoutResult(run));
