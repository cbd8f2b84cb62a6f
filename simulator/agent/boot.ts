import { changesBetween, tellChanges } from './changes';
import { softwareVersion } from './data-model';
import { withImage } from './images';
import { INTERRUPTED, bootEvent, inTurn, operationComplete } from './notifications';
import { parseBoolean } from './param-values';
import type { AgentEvent, AgentState, Boot, BootCause, Transition } from './types';

/** What a reboot leaves of the agent's memory. */
const restarted = (state: AgentState, now: number): AgentState => {
  const started = { ...state, boots: state.boots + 1, upSince: now, unacknowledged: [] };
  if (!state.config.profile.realReboot) return started;
  return {
    ...started,
    commands: [],
    // What was on its way when the power went is no firmware.
    images: state.images.map((image) =>
      image.status === 'Downloading' ? { ...image, status: 'DownloadFailed' as const } : image,
    ),
    rows: state.rows.filter(({ params }) => params['Persistent'] === undefined || parseBoolean(params['Persistent'])),
  };
};

/** Tells of a boot, once the connection is there. */
export const tellBoot = (state: AgentState, now: number, boot: Boot): Transition =>
  inTurn(state, [
    (current) => bootEvent(current, now, boot),
    ...boot.interrupted.map(
      (command) => (current: AgentState) => operationComplete(current, now, command, INTERRUPTED),
    ),
    (current) => tellChanges(current, now, boot.changes),
  ]);

/** The device runs its boot image, or what it ran before when that one does not come up. */
const bootImageOf = (state: AgentState): Transition => {
  const { activeImage, bootImage } = state;
  if (activeImage === bootImage) return { state, actions: [] };
  const image = state.images[bootImage - 1];
  const rolledBack = image?.bootable !== true;
  const booted = rolledBack
    ? {
        ...withImage(state, bootImage, {
          status: 'ActivationFailed',
          bootFailureLog: `image ${bootImage} did not boot, image ${activeImage} runs again`,
        }),
        bootImage: activeImage,
      }
    : { ...state, activeImage: bootImage };
  const version = softwareVersion(booted);
  const event: AgentEvent = rolledBack
    ? { kind: 'upgrade-failed', detail: `cannot boot ${image?.version ?? ''}, went back to ${version}`, version }
    : { kind: 'upgraded', detail: `runs ${version}`, version };
  return { state: booted, actions: [{ kind: 'report', event }] };
};

/** The device boots its boot image; with `reconnectOnReboot` it says so once it is connected again. */
export const reboot = (state: AgentState, now: number, cause: BootCause): Transition => {
  const { profile, reconnectOnReboot } = state.config;
  const { state: running, actions: reports } = bootImageOf(state);
  const booted = restarted(running, now);
  const boot: Boot = {
    ...cause,
    firmwareUpdated: state.activeImage !== booted.activeImage,
    interrupted: profile.realReboot
      ? state.commands.filter(({ phase }) => phase !== 'told').map(({ command }) => command)
      : [],
    changes: changesBetween(state, booted, now),
  };
  if (reconnectOnReboot)
    return { state: { ...booted, pendingBoot: boot }, actions: [{ kind: 'reconnect' }, ...reports] };
  const told = tellBoot(booted, now, boot);
  return { state: told.state, actions: [...told.actions, ...reports] };
};
