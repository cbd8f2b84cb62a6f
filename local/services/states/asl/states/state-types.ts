import type { StateType } from '../state-run';
import { choice } from './choice';
import { fail } from './fail';
import { map } from './map';
import { parallel } from './parallel';
import { pass } from './pass';
import { succeed } from './succeed';
import { task } from './task';
import { wait } from './wait';

/** By the Type of a state. */
export const STATE_TYPES: Readonly<Record<string, StateType | undefined>> = {
  Choice: choice,
  Fail: fail,
  Map: map,
  Parallel: parallel,
  Pass: pass,
  Succeed: succeed,
  Task: task,
  Wait: wait,
};
