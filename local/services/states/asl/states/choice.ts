import { objectsIn } from '../json';
import { StateError } from '../state-error';
import type { StateType } from '../state-run';

/** The first rule that applies, else Default: https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html */
export const choice: StateType = async (run) => {
  const { state, language, name } = run;
  for (const rule of objectsIn(state['Choices']))
    if (await language.ruleApplies(run, rule))
      return { ...(await language.chosen(run, rule)), next: String(rule['Next']) };
  if (state['Default'] === undefined) throw new StateError('States.NoChoiceMatched', `No choice of '${name}' applies.`);
  return { ...(await language.chosen(run, state)), next: String(state['Default']) };
};
