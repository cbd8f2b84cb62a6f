import * as v from 'valibot';
import { UnusableMessageError } from '../protocol';
import { SOFTWARE_VERSION } from './reachability';
import type { Notify } from './schemas';
import { faultOf, type Understood } from './understood';

const isTrue = (value: string | undefined) => value === 'true' || value === '1';

/** @throws UnusableMessageError */
const versionIn = (parameterMap: string | undefined): { firmwareVersion?: string } => {
  if (parameterMap === undefined || parameterMap === '') return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(parameterMap);
  } catch {
    throw new UnusableMessageError(`Boot! has a ParameterMap that is not JSON: ${parameterMap.slice(0, 200)}`);
  }
  const map = v.safeParse(v.record(v.string(), v.unknown()), parsed);
  if (!map.success) throw new UnusableMessageError('Boot! has a ParameterMap that is not a JSON object');
  const version = map.output[SOFTWARE_VERSION];
  return typeof version === 'string' && version !== '' ? { firmwareVersion: version } : {};
};

const ofEvent = (eventName: string, params: Readonly<Record<string, string>>): Understood => {
  switch (eventName) {
    case 'TransferComplete!': {
      const { CommandKey = '', FaultCode = '0', FaultString = '' } = params;
      const failed = FaultCode !== '0' && FaultCode !== '';
      const fault = failed ? { fault: { faultCode: FaultCode, faultString: FaultString } } : {};
      return { kind: 'transfer-complete', operationId: CommandKey, ...fault };
    }
    case 'Boot!':
      return {
        kind: 'boot',
        operationId: params['CommandKey'] ?? '',
        firmwareUpdated: isTrue(params['FirmwareUpdated']),
        ...versionIn(params['ParameterMap']),
      };
    default:
      return { kind: 'other', what: `event ${eventName}` };
  }
};

/** What a Notify reports. @throws UnusableMessageError */
export const ofNotify = ({ event, operComplete, valueChange, onBoardReq }: Notify): Understood => {
  if (event) return ofEvent(event.eventName, event.params);
  if (operComplete) {
    const { commandName, commandKey: operationId, cmdFailure } = operComplete;
    const command = /(^|\.)Download\(\)$/.test(commandName)
      ? 'download'
      : /(^|\.)Activate\(\)$/.test(commandName)
        ? 'activate'
        : undefined;
    if (command === undefined) return { kind: 'other', what: `completion of ${commandName}` };
    return { kind: 'operation-complete', command, operationId, ...faultOf(cmdFailure) };
  }
  if (valueChange && valueChange.paramPath === SOFTWARE_VERSION && valueChange.paramValue !== '')
    return { kind: 'version', firmwareVersion: valueChange.paramValue };
  // An agent that introduces itself wants to be made to report, too.
  if (onBoardReq !== undefined) return { kind: 'connected' };
  return { kind: 'other', what: valueChange ? `change of ${valueChange.paramPath}` : 'notification' };
};
