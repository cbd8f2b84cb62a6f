import { objectsOf, softwareVersion } from './data-model';
import { withImage } from './images';
import { INTERRUPTED, bootEvent, inTurn, operationComplete, valueChange } from './notifications';
import { parseBoolean } from './param-values';
import type { AgentEvent, AgentState, Boot, BootCause, Params, Transition } from './types';

/** Everything that can be read, by full path. */
const valuesOf = (state: AgentState, now: number): Map<string, string> =>
  new Map(
    objectsOf(state, now).flatMap(({ path, params }) =>
      Object.entries(params).map(([param, value]): [string, string] => [`${path}${param}`, value]),
    ),
  );

const changesBetween = (before: AgentState, after: AgentState, now: number): Params => {
  const old = valuesOf(before, now);
  return Object.fromEntries(
    [...valuesOf(after, now)].filter(
      ([path, value]) => old.has(path) && old.get(path) !== value && !/UpTime$/.test(path),
    ),
  );
};

/** What a reboot leaves of the agent's memory. */
const restarted = (state: AgentState, now: number): AgentState => {
  const started = { ...state, boots: state.boots + 1, upSince: now, unacknowledged: [] };
  if (!state.config.profile.realReboot) return started;
  return {
    ...started,
    commands: [],
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
    ...Object.entries(boot.changes).map(
      ([path, value]) =>
        (current: AgentState) =>
          valueChange(current, now, path, value),
    ),
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
