import { boot, reboot } from './boot';
import { faultNamed } from './faults';
import { installed } from './images';
import type { Action, AgentState, BootCause, Download, Transition } from './types';

/** How long a device without power is off, before `timeScale`. */
const OFF_SECONDS = 30;

/** The power is off: steps that are due and messages are lost. */
const off = (state: AgentState, returns: boolean): Transition => {
  const seconds = OFF_SECONDS * state.config.timeScale;
  const powerOn: Action = { kind: 'schedule', step: { kind: 'power-on' }, seconds };
  return { state: { ...state, down: true }, actions: [{ kind: 'disconnect' }, ...(returns ? [powerOn] : [])] };
};

/** The power fails during a download. When the firmware has been transferred already, the device boots it later. */
export const powerOff = (state: AgentState, command: Download): Transition => {
  if (faultNamed(state.config.fault).powerLoss !== 'flashing') return off(state, true);
  const flashed = installed(state, command);
  return off(command.activates ? { ...flashed, bootImage: command.image } : flashed, true);
};

/** The power is back. Nothing is left of what the device was asked for. */
export const powerOn = (state: AgentState, now: number): Transition =>
  reboot(state, now, { commandKey: '', cause: 'LocalReboot', reason: 'PowerLoss' });

/** The reboot into a new firmware, and the faults that happen in it. */
export const rebootIntoFirmware = (state: AgentState, now: number, cause: BootCause): Transition => {
  const { staysOff = false, powerLoss } = faultNamed(state.config.fault);
  if (staysOff) return off(state, false);
  if (powerLoss !== 'before-boot-event') return reboot(state, now, cause);
  const { boot: pendingBoot, state: booted, actions: reports } = boot(state, now, cause);
  const lost = off({ ...booted, pendingBoot }, true);
  return { state: lost.state, actions: [...lost.actions, ...reports] };
};
