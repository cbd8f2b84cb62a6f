import type { Log } from '../../shared/log';
import type { LatencyMetric } from '../../shared/metrics';
import type { CommandDeps } from '../command';
import type { Device } from '../devices';
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
  /** Whether the device was not known to run the version that the message reports. */
  readonly isNewVersion: boolean;
}

/** A device message of one kind. */
export type Message<Kind extends DeviceMessage['kind']> = Extract<DeviceMessage, { kind: Kind }>;

/** Status and fault of a domain message. */
export const outcome = (fault: Fault | undefined) =>
  fault ? { status: 'FAIL' as const, ...fault } : { status: 'SUCCESS' as const };

/** The fields of a domain message about an operation. The execution is known for the current one. */
export const about = ({ thingName, current }: Device, id: string) => ({
  id,
  operationId: id,
  thingName,
  ...(id === current?.operationId && current.executionArn !== undefined && { executionArn: current.executionArn }),
});

/** Records the seconds since the device was asked, when the operation is the current one. */
export const measureStep = ({ deps, device, log }: Context, metric: LatencyMetric, operationId: string): void => {
  const { current } = device;
  if (current?.operationId === operationId)
    log.measure({ [metric]: (deps.now() - current.askedAt) / 1000 }, `Step of the upgrade: ${metric}`);
};
