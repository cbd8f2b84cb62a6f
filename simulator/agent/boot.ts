import { changesBetween, notifyChanges } from './changes';
import { softwareVersion } from './data-model';
import { withImage } from './images';
import { INTERRUPTED, bootEvent, inSequence, operationComplete } from './notifications';
import { parseBoolean } from './param-values';
import type { AgentEvent, AgentState, Boot, BootCause, Transition } from './types';

/** The state after a reboot. */
const restarted = (state: AgentState, now: number): AgentState => {
  const started = { ...state, boots: state.boots + 1, upSince: now, unacknowledged: [] };
  if (!state.config.profile.realReboot) return started;
  return {
    ...started,
    commands: [],
    // The reboot interrupted the download, so the bank holds no usable image.
    images: state.images.map((image) =>
      image.status === 'Downloading' ? { ...image, status: 'DownloadFailed' as const } : image,
    ),
    rows: state.rows.filter(({ params }) => params['Persistent'] === undefined || parseBoolean(params['Persistent'])),
  };
};

/** Sends the notifications of a boot; needs a connection. */
export const notifyBoot = (state: AgentState, now: number, boot: Boot): Transition =>
  inSequence(state, [
    (current) => bootEvent(current, now, boot),
    ...boot.interrupted.map(
      (command) => (current: AgentState) => operationComplete(current, now, command, INTERRUPTED),
    ),
    (current) => notifyChanges(current, now, boot.changes),
  ]);

/** Runs the boot image, or rolls back to the active one if the boot image is not bootable. */
const bootImageOf = (state: AgentState): Transition => {
  const { activeImage, bootImage } = state;
  if (activeImage === bootImage) return { state, actions: [] };
  const image = state.images[bootImage - 1];
  const rolledBack = image?.bootable !== true;
  const booted = rolledBack
    ? {
        ...withImage(state, bootImage, {
          status: 'ActivationFailed',
          bootFailureLog: `image ${bootImage} did not boot, rolled back to image ${activeImage}`,
        }),
        bootImage: activeImage,
      }
    : { ...state, activeImage: bootImage };
  const version = softwareVersion(booted);
  const event: AgentEvent = rolledBack
    ? { kind: 'upgrade-failed', detail: `cannot boot ${image?.version ?? ''}, rolled back to ${version}`, version }
    : { kind: 'upgraded', detail: `runs ${version}`, version };
  return { state: booted, actions: [{ kind: 'report', event }] };
};

/** Reboots. With `reconnectOnReboot`, the notifications follow once the device is connected again. */
export const reboot = (state: AgentState, now: number, cause: BootCause): Transition => {
  const { profile, reconnectOnReboot } = state.config;
  const { state: running, actions: reports } = bootImageOf(state);
  const booted = restarted(running, now);
  const boot: Boot = {
    ...cause,
    firmwareUpdated: state.activeImage !== booted.activeImage,
    interrupted: profile.realReboot
      ? state.commands.filter(({ phase }) => phase !== 'notified').map(({ command }) => command)
      : [],
    changes: changesBetween(state, booted, now),
  };
  if (reconnectOnReboot)
    return { state: { ...booted, pendingBoot: boot }, actions: [{ kind: 'reconnect' }, ...reports] };
  const notified = notifyBoot(booted, now, boot);
  return { state: notified.state, actions: [...notified.actions, ...reports] };
};
