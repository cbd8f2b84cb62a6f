import type { DeviceProtocol } from './protocol';
import { uspProtocol } from './usp/usp-protocol';

/** The protocols that this deployment speaks: the one place to add another (docs/extending.md). */
export const protocolsFor = (controllerId: string): readonly DeviceProtocol[] => [uspProtocol(controllerId)];
