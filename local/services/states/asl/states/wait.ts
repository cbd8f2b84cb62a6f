import { secondsField, timestampField } from '../fields';
import { runtimeError } from '../state-error';
import { follow, sleep, type StateRun, type StateType } from '../state-run';

const endOfWait = async (run: StateRun): Promise<number> => {
  const timestamp = await timestampField(run, 'Timestamp');
  if (timestamp !== undefined) return timestamp;
  const seconds = await secondsField(run, 'Seconds', 0);
  if (seconds === undefined) throw runtimeError(`'${run.name}' has neither seconds nor a timestamp to wait for`);
  return run.clock.now() + seconds * 1000;
};

/** https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html */
export const wait: StateType = async (run) => {
  run.visit.wakeAt ??= await endOfWait(run);
  await sleep(run);
  return follow(run, await run.language.withoutResult(run));
};
