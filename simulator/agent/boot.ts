import { objectsOf, softwareVersion } from './data-model';
import { INTERRUPTED, bootEvent, inTurn, operationComplete, valueChange } from './notifications';
import { parseBoolean } from './param-values';
import type { AgentState, Boot, BootCause, Params, Transition } from './types';

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
  const started = { ...state, boots: state.boots + 1, upSince: now };
  if (!state.config.profile.realReboot) return started;
  return {
    ...started,
    commands: [],
    notifications: 0,
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

/**
 * The device boots its boot image; with `reconnectOnReboot` it says so once it is connected again.
 * @param before the state that the controller knows, to tell what has changed since
 */
export const reboot = (before: AgentState, state: AgentState, now: number, cause: BootCause): Transition => {
  const { profile, reconnectOnReboot } = state.config;
  const booted = restarted({ ...state, activeImage: state.bootImage }, now);
  const boot: Boot = {
    ...cause,
    firmwareUpdated: before.activeImage !== booted.activeImage,
    interrupted: profile.realReboot
      ? state.commands.filter(({ phase }) => phase !== 'told').map(({ command }) => command)
      : [],
    changes: softwareVersion(before) === softwareVersion(booted) ? {} : changesBetween(before, booted, now),
  };
  return reconnectOnReboot
    ? { state: { ...booted, pendingBoot: boot }, actions: [{ kind: 'reconnect' }] }
    : tellBoot(booted, now, boot);
};
