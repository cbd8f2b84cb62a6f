import type { RunCommand } from './command';

/** Device.Reboot(): answers, then boots the BootFirmwareImage. */
export const runReboot: RunCommand = (state, { commandKey, args }) => {
  const { operationSeconds, rebootSeconds } = state.config.timings;
  const cause = { commandKey, cause: 'RemoteReboot', reason: args['Reason'] ?? '' } as const;
  const seconds = Math.max(0, rebootSeconds - operationSeconds);
  return {
    state,
    result: { reqOutputArgs: {} },
    actions: [{ kind: 'schedule', step: { kind: 'reboot', cause, boots: state.boots }, seconds }],
  };
};
