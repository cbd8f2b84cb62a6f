import { softwareVersion } from './data-model';
import { bootEvent, operationComplete, transferCompleteEvent } from './notifications';
import type { Action, AgentState, Boot, Download, Step, Transition } from './types';

/** Whether a boot follows the download. */
export const reboots = ({ autoActivate, fault }: Download): boolean => autoActivate && fault !== 'download';

/** The command is over; a later one may already have taken its place. */
const ended = (state: AgentState, { request }: Download): AgentState => {
  if (state.download?.request !== request) return state;
  const { download: _ended, ...idle } = state;
  return idle;
};

/** The downloaded firmware is in its bank. */
const withImage = (state: AgentState, { image, version }: Download): AgentState => ({
  ...state,
  images: state.images.map((old, index) => (index + 1 === image ? { name: `fw-${version}`, version } : old)),
});

const transferComplete = (state: AgentState, now: number, download: Download): Transition => {
  // A bank that got no firmware is free again, for a controller that retries at once.
  const after = download.fault === 'download' ? ended(state, download) : withImage(state, download);
  return transferCompleteEvent(after, now, download);
};

const complete = (state: AgentState, now: number, download: Download): Transition => {
  const { state: after, actions } = operationComplete(
    reboots(download) ? state : ended(state, download),
    now,
    download,
  );
  if (download.fault !== 'download') return { state: after, actions };
  const detail = `cannot download ${download.url}`;
  const event = { kind: 'upgrade-failed', detail, version: softwareVersion(after) } as const;
  return { state: after, actions: [...actions, { kind: 'report', event }] };
};

/** The device boots; with `reconnectOnReboot` it says so once it is connected again. */
const boot = (state: AgentState, now: number, event: Boot): Transition =>
  state.config.reconnectOnReboot
    ? { state: { ...state, pendingBoot: event }, actions: [{ kind: 'reconnect' }] }
    : bootEvent(state, now, event);

const reboot = (state: AgentState, now: number, download: Download): Transition => {
  const installed = withImage(ended(state, download), download);
  const rolledBack = download.fault === 'boot';
  const booted = rolledBack ? installed : { ...installed, activeImage: download.image };
  const transition = boot(booted, now, {
    commandKey: download.commandKey,
    cause: 'RemoteReboot',
    reason: 'FirmwareUpgrade',
    firmwareUpdated: !rolledBack,
  });
  const version = softwareVersion(booted);
  const report: Action = rolledBack
    ? {
        kind: 'report',
        event: { kind: 'upgrade-failed', detail: `cannot boot ${download.version}, went back to ${version}`, version },
      }
    : { kind: 'report', event: { kind: 'upgraded', detail: `runs ${version}`, version } };
  return { ...transition, actions: [...transition.actions, report] };
};

/** What the agent does when a delay is over. */
export const takeStep = (state: AgentState, now: number, step: Step): Transition => {
  switch (step.kind) {
    case 'first-boot':
      return bootEvent(state, now, {
        // Not empty, as in the reference: an empty key would mean the operation that runs.
        commandKey: 'FirstBoot',
        cause: 'LocalReboot',
        reason: 'FirstBoot',
        firmwareUpdated: false,
      });
    case 'transfer-complete':
      return transferComplete(state, now, step.download);
    case 'operation-complete':
      return complete(state, now, step.download);
    case 'reboot':
      return reboot(state, now, step.download);
  }
};
