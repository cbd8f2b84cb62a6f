import * as v from 'valibot';
import { type DeviceMessage, UnusableMessageError } from '../protocol';
import { bootSchema, isTrue, type Notify, transferCompleteSchema, versionText } from './schemas';
import { SOFTWARE_VERSION } from './subscriptions';
import { faultOf } from './understood';

const parameterMapSchema = v.looseObject({ [SOFTWARE_VERSION]: v.optional(versionText) });

const parsedMap = (parameterMap: string): unknown => {
  try {
    return JSON.parse(parameterMap);
  } catch {
    return undefined;
  }
};

/** Boot! may come without a version, or with a map that is not JSON: the original's simulator sends one after a failed boot. */
const versionIn = (parameterMap: string): { firmwareVersion?: string; unreadableVersion?: string } => {
  if (parameterMap === '') return {};
  const map = v.safeParse(parameterMapSchema, parsedMap(parameterMap));
  if (!map.success) return { unreadableVersion: parameterMap.slice(0, 200) };
  const version = map.output[SOFTWARE_VERSION];
  return version === undefined || version === '' ? {} : { firmwareVersion: version };
};

/** @throws UnusableMessageError */
const parsed = <Schema extends v.GenericSchema>(
  schema: Schema,
  what: string,
  value: unknown,
): v.InferOutput<Schema> => {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new UnusableMessageError(
    `${what} is not usable: ${v.getDotPath(issue) ?? 'value'} ${issue.message}`.slice(0, 500),
  );
};

const ofEvent = (eventName: string, params: Readonly<Record<string, string>>, reportId: string): DeviceMessage => {
  switch (eventName) {
    case 'TransferComplete!': {
      const { CommandKey, FaultCode, FaultString } = parsed(transferCompleteSchema, eventName, params);
      const failed = FaultCode !== '0' && FaultCode !== '';
      const fault = failed ? { fault: { faultCode: FaultCode, faultString: FaultString } } : {};
      return { kind: 'transfer-complete', operationId: CommandKey, ...fault };
    }
    case 'Boot!': {
      const { CommandKey, FirmwareUpdated, ParameterMap } = parsed(bootSchema, eventName, params);
      // Only what the device says counts as a failure.
      const firmwareUpdated = FirmwareUpdated === '' || isTrue(FirmwareUpdated);
      return { kind: 'boot', operationId: CommandKey, firmwareUpdated, reportId, ...versionIn(ParameterMap) };
    }
    default:
      return { kind: 'other', what: `event ${eventName}` };
  }
};

/** What a Notify reports. @param msgId a repeated Notify has the same @throws UnusableMessageError */
export const ofNotify = ({ event, operComplete, valueChange, onBoardReq }: Notify, msgId: string): DeviceMessage => {
  if (event) return ofEvent(event.eventName, event.params, msgId);
  if (operComplete) {
    const { commandName, commandKey: operationId, cmdFailure } = operComplete;
    const command = /(^|\.)Download\(\)$/.test(commandName)
      ? 'download'
      : /(^|\.)Activate\(\)$/.test(commandName)
        ? 'activate'
        : undefined;
    if (command === undefined) return { kind: 'other', what: `completion of ${commandName}` };
    return { kind: 'operation-complete', command, operationId, ...(cmdFailure && faultOf(cmdFailure)) };
  }
  if (valueChange && valueChange.paramPath === SOFTWARE_VERSION && valueChange.paramValue !== '')
    return { kind: 'version', firmwareVersion: parsed(versionText, SOFTWARE_VERSION, valueChange.paramValue) };
  // An agent that introduces itself wants to be made to report, too.
  if (onBoardReq !== undefined) return { kind: 'connected' };
  return { kind: 'other', what: valueChange ? `change of ${valueChange.paramPath}` : 'notification' };
};
