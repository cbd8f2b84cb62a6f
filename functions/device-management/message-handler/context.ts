import type { Log } from '../../shared/log';
import type { CommandDeps } from '../command';
import type { Device, Sender } from '../devices';
import type { DeviceMessage, DeviceProtocol, Fault } from '../protocol';

export interface MessageHandlerDeps extends CommandDeps {
  readonly log: Log;
}

/** What a message is handled with. */
export interface Context {
  readonly deps: MessageHandlerDeps;
  readonly protocol: DeviceProtocol;
  readonly device: Device;
  readonly log: Log;
  /** When the broker received the message, milliseconds since the epoch. What it is about is decided by this. */
  readonly receivedAt: number;
  /** The name that the message bears; undefined where the protocol has none. */
  readonly sender: Sender | undefined;
}

/** A device message of one kind. */
export type Message<Kind extends DeviceMessage['kind']> = Extract<DeviceMessage, { kind: Kind }>;

/** Status and fault of a domain message. */
export const outcome = (fault: Fault | undefined) =>
  fault
    ? { status: 'FAIL' as const, faultCode: fault.faultCode, faultString: fault.faultString }
    : { status: 'SUCCESS' as const };

/** The fields of a domain message about an operation. The execution is known for the current one. */
export const about = ({ thingName, current }: Device, id: string) => ({
  id,
  operationId: id,
  thingName,
  ...(id === current?.operationId && current.executionArn !== undefined && { executionArn: current.executionArn }),
});

/** When the broker received the device's last word that it has connected; undefined for one that never says so. */
export const connectedAt = ({ learntAt }: Device): number | undefined => learntAt['connection'];

/** The operation that an event without a name is about: the current one, if the device was asked before. */
export const unnamedOperation = ({ device: { current }, receivedAt }: Context): string | undefined =>
  current && current.askedAt <= receivedAt ? current.operationId : undefined;
