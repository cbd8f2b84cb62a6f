import { ERR } from '../errors';
import { withImage } from '../images';
import { parseBoolean } from '../param-values';
import type { Action, AgentState, Download, Fault, TransferFailure } from '../types';
import { type RunCommand, busy, newCommand, refused, started } from './command';

/** FaultCode of TransferComplete!: the file server does not hand out the file. */
const UNABLE_TO_ACCESS_FILE = '7016';

/** The reference chose the fault by the URL. */
const faultOfUrl = (url: string): Fault =>
  url.includes('404') ? 'download' : url.includes('boot_error') ? 'boot' : 'none';

const plannedFailure = ({ config }: AgentState, url: string): TransferFailure => ({
  faultCode: config.profile.transferFaultCode ?? UNABLE_TO_ACCESS_FILE,
  faultString: `cannot download ${url}: 404 Not Found`,
  status: 'DownloadFailed',
});

/** How a download goes on, with the delays of the configuration. */
const schedule = ({ config }: AgentState, download: Download): Action[] => {
  const { transferSeconds, operationSeconds, rebootSeconds } = config.timings;
  const boots = download.activates && !download.failure;
  // Some agents tell the end of a download that activates only after the boot.
  const tellsEnd = !boots || config.profile.operationComplete === 'before-boot';
  return [
    { kind: 'schedule', step: { kind: 'transfer-complete', command: download }, seconds: transferSeconds },
    ...(tellsEnd
      ? [
          {
            kind: 'schedule',
            step: { kind: 'operation-complete', command: download },
            seconds: operationSeconds,
          } as const,
        ]
      : []),
    ...(boots
      ? [{ kind: 'schedule', step: { kind: 'activate', command: download }, seconds: rebootSeconds } as const]
      : []),
  ];
};

/** Device.DeviceInfo.FirmwareImage.{i}.Download(): its end is told by notifications. */
export const runDownload: RunCommand = (state, call) => {
  const { URL: url = '', AutoActivate: autoActivate = 'false' } = call.args;
  const activates = parseBoolean(autoActivate);
  if (url === '') return refused(state, ERR.invalidCommandArguments, 'URL is required');
  if (activates === undefined)
    return refused(state, ERR.invalidCommandArguments, `AutoActivate "${autoActivate}" is not a boolean`);
  const running = busy(state);
  if (running !== undefined) return refused(state, ERR.resourcesExceeded, running);
  if (call.object.params['Status'] === 'Active')
    return refused(state, ERR.invalidArguments, `${call.object.path} is the image that runs`);

  const fault = state.config.fault === 'none' ? faultOfUrl(url) : state.config.fault;
  const download: Download = {
    ...newCommand(state, 'Download()', call),
    url,
    version: url.slice(url.lastIndexOf('/') + 1),
    activates,
    fault,
    ...(fault === 'download' && { failure: plannedFailure(state, url) }),
  };
  return started(withImage(state, download.image, { status: 'Downloading' }), download, schedule(state, download));
};
