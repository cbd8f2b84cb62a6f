import { ERR } from '../errors';
import { firmwareSource } from '../firmware-source';
import { withImage } from '../images';
import { parseBoolean } from '../param-values';
import type { Action, AgentState, Download, Fault, TransferFailure } from '../types';
import { type RunCommand, blockingCommand, commandFailed, newCommand, started } from './command';

/** FaultCode of TransferComplete!: file not accessible. */
const UNABLE_TO_ACCESS_FILE = '7016';

/** As in the original, the URL chooses the fault. */
const faultOfUrl = (url: string): Fault =>
  url.includes('404') ? 'download' : url.includes('boot_error') ? 'boot' : 'none';

/** As in the original, the version follows the last slash; a query, such as a signature, is not part of it. */
const versionOfUrl = (url: string): string => {
  const path = url.replace(/\?.*$/, '');
  return path.slice(path.lastIndexOf('/') + 1);
};

const plannedFailure = ({ config }: AgentState, url: string): TransferFailure => ({
  faultCode: config.profile.transferFaultCode ?? UNABLE_TO_ACCESS_FILE,
  faultString: `cannot download ${url}: 404 Not Found`,
  status: 'DownloadFailed',
});

/** What follows the transfer. @param elapsed seconds already spent of the delays, which count from the Operate */
export const stepsAfterTransfer = ({ config }: AgentState, download: Download, elapsed: number): Action[] => {
  const { operationSeconds, rebootSeconds } = config.timings;
  const after = (seconds: number) => Math.max(0, seconds - elapsed);
  const boots = download.activates && !download.failure;
  // Some agents report the completion of a download with AutoActivate only after the boot.
  const reportsCompletion = !boots || config.profile.operationComplete === 'before-boot';
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
      ? [{ kind: 'schedule', step: { kind: 'activate', command: download }, seconds: after(rebootSeconds) } as const]
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
  const fault = configured === 'none' ? (fetchFirmware && urlFault === 'download' ? 'none' : urlFault) : configured;
  const download: Download = {
    ...newCommand(state, 'Download()', call),
    source,
    version: versionOfUrl(url),
    activates,
    fault,
    ...(fault === 'download' && { failure: plannedFailure(state, url) }),
  };
  const isReal = fetchFirmware && fault !== 'download';
  return started(
    withImage(state, download.image, { status: 'Downloading' }),
    download,
    isReal ? [{ kind: 'fetch', command: download }] : planned(state, download),
  );
};
