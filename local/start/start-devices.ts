import type { Environment, Report } from '../core/api';
import type { Backlog } from '../core/backlog';
import type { Clock } from '../core/clock';
import type { Deliveries } from '../core/disturbance';
import { createIotService, type IotService } from '../services/iot/iot-service';
import { type Broker, createBroker } from '../services/mqtt/broker';
import { createLocalCa, type LocalCa } from '../services/mqtt/local-ca';
import type { Store } from '../store/store';
import type { Closers } from './closers';

export interface DevicesOptions {
  readonly mqttPort: number;
  readonly tlsPort?: number;
  readonly report: Report;
  readonly store: Store;
  readonly clock: Clock;
  readonly environment: Environment;
  readonly deliveries: Deliveries;
  readonly backlog: Backlog;
}

/** The message broker, the registry, and the authority that issues device certificates. */
export interface Devices {
  readonly broker: Broker;
  readonly iot: IotService;
  readonly ca: LocalCa;
}

/** @throws Error when a port is taken */
export const startDevices = async (options: DevicesOptions, closers: Closers): Promise<Devices> => {
  const { clock, report, environment, store, mqttPort, tlsPort, deliveries, backlog } = options;
  const ca = await createLocalCa(store);
  // The broker asks the registry for policies, and the registry publishes through the broker.
  let registry: IotService | undefined;
  const allows: IotService['policyAllows'] = (...request) => registry?.policyAllows(...request) ?? false;
  const tls = tlsPort === undefined ? {} : { tls: { port: tlsPort, ca: ca.caCertificatePem, ...ca.server, allows } };
  const broker = await createBroker({
    ...{ clock, report, environment, store, deliveries, host: '127.0.0.1', port: mqttPort },
    ...tls,
  });
  closers.add(() => broker.close());
  const iot = createIotService({
    clock,
    bus: broker,
    environment,
    endpointAddress: () => `127.0.0.1:${broker.port}`,
    certificateAuthority: ca,
    report,
    store,
    backlog,
  });
  registry = iot;
  closers.add(() => iot.close());
  return { broker, iot, ca };
};
