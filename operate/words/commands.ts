import type { CurrentCommand } from '../../functions/device-management/devices';
import { faultInWords } from './messages';

/** TR-181: https://usp-data-models.broadband-forum.org/ Device.DeviceInfo.FirmwareImage.{i}. */
const USP_COMMANDS = { download: 'Download()', activate: 'Activate()' } as const;

export const uspCommand = (command: CurrentCommand['command']): string => USP_COMMANDS[command];

/** The request of a command, as it goes to the device: a USP Operate. */
export const requestInWords = ({ command, requestId }: Pick<CurrentCommand, 'command' | 'requestId'>): string =>
  `Operate ${uspCommand(command)} is sent to the device (request ${requestId})`;

/** How far a command is. */
export const commandInWords = ({
  command,
  state,
  fault,
  isOver,
}: Pick<CurrentCommand, 'command' | 'state' | 'fault' | 'isOver'>): string => {
  const name = uspCommand(command);
  if (isOver) return `${name} is closed: its workflow is over`;
  switch (state) {
    case 'SENDING':
    case 'SENT':
      return `${name} was sent, and the device has not answered`;
    case 'STARTED':
      return `The device accepted ${name}`;
    case 'REFUSED':
      return `The device refused ${name}: ${faultInWords(fault ?? {})}${fault?.isTemporary ? '; it is busy, and asked again' : ''}`;
  }
};
