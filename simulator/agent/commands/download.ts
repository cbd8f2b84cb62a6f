import { ERR } from '../errors';
import { type FaultName, faultNamed } from '../faults';
import { firmwareSource } from '../firmware-source';
import { withImage } from '../images';
import { linkLosses } from '../link';
import { parseBoolean } from '../param-values';
import { type TransferFailure, transferFailure } from '../transfer-faults';
import type { Action, AgentState, Download } from '../types';
import { type RunCommand, blockingCommand, commandFailed, newCommand, started } from './command';

/** As in the original, the URL chooses the fault. */
const faultOfUrl = (url: string): FaultName =>
  url.includes('404') ? '404' : url.includes('boot_error') ? 'boot-into-old' : 'none';

/** As in the original, the version follows the last slash; a query, such as a signature, is not part of it. */
const versionOfUrl = (url: string): string => {
  const path = url.replace(/\?.*$/, '');
  return path.slice(path.lastIndexOf('/') + 1);
};

/** How the transfer fails, if the fault makes it fail. */
const plannedFailure = ({ config }: AgentState, name: FaultName, url: string): TransferFailure | undefined => {
  const { transfer } = faultNamed(name);
  if (!transfer) return undefined;
  const failure = transferFailure(transfer.fault, `cannot download ${url}: ${transfer.reason}`);
  return { ...failure, faultCode: config.profile.transferFaultCode ?? failure.faultCode };
};

/** What follows the transfer. @param elapsed seconds already spent of the delays, which count from the Operate */
export const stepsAfterTransfer = ({ config }: AgentState, download: Download, elapsed: number): Action[] => {
  const { transferSeconds, operationSeconds, rebootSeconds } = config.timings;
  const { powerLoss, rebootsEarly = false } = faultNamed(config.fault);
  const after = (seconds: number) => Math.max(0, seconds - elapsed);
  if (powerLoss === 'flashing' && !download.failure) {
    const seconds = after((transferSeconds + operationSeconds) / 2);
    return [{ kind: 'schedule', step: { kind: 'power-off', command: download }, seconds }];
  }
  const boots = download.activates && !download.failure;
  // Some agents report the completion of a download with AutoActivate only after the boot.
  const reportsCompletion = !boots || (config.profile.operationComplete === 'before-boot' && !rebootsEarly);
  return [
    ...(reportsCompletion
      ? [
          {
            kind: 'schedule',
            step: { kind: 'operation-complete', command: download },
            seconds: after(operationSeconds),
          } as const,
        ]
      : []),
    ...(boots
      ? [
          {
            kind: 'schedule',
            step: { kind: 'activate', command: download },
            seconds: after(rebootsEarly ? operationSeconds : rebootSeconds),
          } as const,
        ]
      : []),
  ];
};

const planned = (state: AgentState, download: Download): Action[] => [
  {
    kind: 'schedule',
    step: { kind: 'transfer-complete', command: download },
    seconds: state.config.timings.transferSeconds,
  },
  ...stepsAfterTransfer(state, download, 0),
];

/** What the download leads to by itself. */
const steps = (state: AgentState, download: Download): Action[] => {
  const { fetchFirmware, timings, fault } = state.config;
  if (faultNamed(fault).powerLoss === 'downloading' && state.downloadsSent === 1) {
    const seconds = timings.transferSeconds / 2;
    return [{ kind: 'schedule', step: { kind: 'power-off', command: download }, seconds }];
  }
  return fetchFirmware && !download.failure ? [{ kind: 'fetch', command: download }] : planned(state, download);
};

/** Device.DeviceInfo.FirmwareImage.{i}.Download(): notifications report how it ends. */
export const runDownload: RunCommand = (state, call) => {
  const { AutoActivate: autoActivate = 'false' } = call.args;
  const activates = parseBoolean(autoActivate);
  const source = firmwareSource(call.args);
  if (typeof source === 'string') return commandFailed(state, ERR.invalidCommandArguments, source);
  if (activates === undefined)
    return commandFailed(state, ERR.invalidCommandArguments, `AutoActivate "${autoActivate}" is not a boolean`);
  const running = blockingCommand(state);
  if (running !== undefined) return commandFailed(state, ERR.resourcesExceeded, running);
  if (call.object.params['Status'] === 'Active')
    return commandFailed(state, ERR.invalidArguments, `${call.object.path} is the active image`);

  const { url } = source;
  const { fault: configured, fetchFirmware } = state.config;
  const urlFault = faultOfUrl(url);
  // In a real download, the file server decides whether the URL fails.
  const fault = configured === 'none' ? (fetchFirmware && urlFault === '404' ? 'none' : urlFault) : configured;
  const failure = plannedFailure(state, fault, url);
  const download: Download = {
    ...newCommand(state, 'Download()', call),
    source,
    version: versionOfUrl(url),
    activates,
    fault,
    ...(failure && { failure }),
  };
  const downloading = withImage(state, download.image, { status: 'Downloading' });
  const { commandKey } = call;
  const report: Action = {
    kind: 'report',
    event: { kind: 'downloading', detail: `${url}, ${commandKey}`, commandKey },
  };
  if (faultNamed(fault).hangs === true) return started({ ...downloading, down: true }, download, [report]);
  return started(downloading, download, [report, ...steps(state, download), ...linkLosses(state, download)]);
};
