import { objectsIn } from '../json';
import { withRetryAndCatch } from '../retry-and-catch';
import type { Scope } from '../scope';
import type { StateType } from '../state-run';
import { runSideBySide } from './side-by-side';

/** https://docs.aws.amazon.com/step-functions/latest/dg/state-parallel.html */
export const parallel: StateType = (run) =>
  withRetryAndCatch(run, async (attempt) => {
    const { state, language, variables, context, runStates } = attempt;
    const input = await language.argumentsOf(attempt);
    const branches = objectsIn(state['Branches']).map(
      (branch) => (scope: Scope, path: string) => runStates(branch, input, path, variables, scope, context),
    );
    return runSideBySide(attempt, 'Parallel', branches);
  });
