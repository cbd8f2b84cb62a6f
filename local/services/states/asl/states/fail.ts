import { textField } from '../fields';
import { StateError } from '../state-error';
import type { StateType } from '../state-run';

/** https://docs.aws.amazon.com/step-functions/latest/dg/state-fail.html */
export const fail: StateType = async (run) => {
  const error = await textField(run, 'Error');
  throw new StateError(error ?? 'States.Failed', await textField(run, 'Cause'));
};
