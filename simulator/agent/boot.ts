import { changesBetween, notifyChanges } from './changes';
import type { AgentConfig } from './config';
import { softwareVersion } from './data-model';
import { faultNamed } from './faults';
import { withImage } from './images';
import { INTERRUPTED, bootEvent, inSequence, operationComplete } from './notifications';
import { parseBoolean } from './param-values';
import type { AgentEvent, AgentState, Boot, BootCause, Transition } from './types';

/**
 * Whether a reboot ends commands and pending notifications. In profiles that only simulate it as the original does, it does
 * so for faults that are about what it ends.
 */
export const isRealReboot = ({ profile, fault }: AgentConfig): boolean => {
  const { powerLoss, rebootsEarly = false } = faultNamed(fault);
  return profile.realReboot || powerLoss !== undefined || rebootsEarly;
};

/** The state after a reboot. */
const restarted = (state: AgentState, now: number): AgentState => {
  const started = { ...state, boots: state.boots + 1, upSince: now, unacknowledged: [], down: false };
  if (!isRealReboot(state.config)) return started;
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

/** Boots without a word. */
export const boot = (state: AgentState, now: number, cause: BootCause): Transition & { readonly boot: Boot } => {
  const { state: running, actions } = bootImageOf(state);
  const booted = restarted(running, now);
  const interrupted = isRealReboot(state.config)
    ? state.commands.filter(({ phase }) => phase !== 'notified').map(({ command }) => command)
    : [];
  return {
    state: booted,
    actions,
    boot: {
      ...cause,
      firmwareUpdated: state.activeImage !== booted.activeImage,
      // Those of a boot that was not reported are reported with the next.
      interrupted: [...(state.pendingBoot?.interrupted ?? []), ...interrupted],
      changes: changesBetween(state, booted, now),
    },
  };
};

/** Reboots. The notifications of a device that is disconnected then follow once it is connected again. */
export const reboot = (state: AgentState, now: number, cause: BootCause): Transition => {
  const { boot: pendingBoot, state: booted, actions: reports } = boot(state, now, cause);
  if (state.config.reconnectOnReboot || state.down)
    return { state: { ...booted, pendingBoot, linkLost: false }, actions: [{ kind: 'reconnect' }, ...reports] };
  const notified = notifyBoot(booted, now, pendingBoot);
  return { state: notified.state, actions: [...notified.actions, ...reports] };
};
