import { withImage } from './images';
import type { AgentState, Download } from './types';

/** The device downloads for another controller, until it reboots. */
export const withForeignDownload = (state: AgentState): AgentState => {
  const command: Download = {
    request: 1,
    name: 'Download()',
    path: 'Device.DeviceInfo.FirmwareImage.2.Download()',
    commandKey: 'of-another-controller',
    requestor: 'self::another-controller',
    image: 2,
    activates: false,
    startedAt: 0,
    boots: 0,
    source: { url: 'https://another-controller.example/firmware', username: '', password: '' },
    version: 'another',
    fault: 'none',
  };
  const busy = withImage(state, command.image, { status: 'Downloading' });
  return { ...busy, commands: [{ command, phase: 'running' }], requests: command.request };
};
