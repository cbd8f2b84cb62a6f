import type { ServiceModule } from '../../../local/core/api';
import { drivenClock } from '../../../local/core/clock';
import type { MessageBus, MqttMessage } from '../../../local/core/mqtt';
import { createIotJobsDataService } from '../../../local/services/iot-jobs-data/iot-jobs-data-service';
import { createIotService } from '../../../local/services/iot/iot-service';

export const ARN = 'arn:aws:iot:eu-central-1:000000000000:';
/** 2026-01-01T00:00:00Z, where the driven clock starts. */
export const START_SECONDS = Date.UTC(2026, 0, 1) / 1000;

const fakeBus = () => {
  const listeners = new Set<(message: MqttMessage) => void>();
  const sent: { topic: string; body: any }[] = [];
  const bus: MessageBus = {
    publish: (message) => {
      sent.push({ topic: message.topic, body: JSON.parse(message.payload.toString()) });
      listeners.forEach((listener) => listener(message));
    },
    onMessage: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  /** A message of a device; it does not count as sent by the service. */
  const receive = (topic: string, payload: object | string, clientId?: string) => {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    listeners.forEach((listener) =>
      listener({ topic, payload: Buffer.from(text), ...(clientId === undefined ? {} : { clientId }) }),
    );
  };
  return { bus, sent, receive };
};

/** The IoT service on a driven clock and a bus that remembers. */
export const createHarness = () => {
  const clock = drivenClock();
  const { bus, sent, receive } = fakeBus();
  let certificates = 0;
  const iot = createIotService({
    clock,
    bus,
    environment: { accountId: '000000000000', region: 'eu-central-1' },
    endpointAddress: () => 'localhost:8883',
    certificateAuthority: {
      issue: async () => ({
        certificatePem: 'PEM',
        privateKeyPem: 'PRIVATE',
        publicKeyPem: 'PUBLIC',
        certificateId: `certificate-${(certificates += 1)}`,
      }),
    },
    report: () => undefined,
  });
  const caller = (service: ServiceModule) => async (operation: string, input: object) => {
    const handler = service.operations[operation] as (input: object, context: object) => any;
    return (await handler(input, { principal: { kind: 'account' }, requestId: 'r' })) as any;
  };
  const call = caller(iot);
  const device = caller(createIotJobsDataService({ iot }));

  return {
    clock,
    iot,
    call,
    device,
    receive,
    /** Bodies of the messages sent on a topic so far. */
    sentOn: (topic: string) => sent.filter((message) => message.topic === topic).map(({ body }) => body),
    forget: () => void sent.splice(0),
    /** Topics of everything sent since the last `forget`. */
    topics: () => sent.map(({ topic }) => topic),
    createThings: async (count: number, firmwareVersion = '1.2.1') => {
      for (let n = 1; n <= count; n += 1)
        await call('CreateThing', { thingName: `sim-${n}`, attributePayload: { attributes: { firmwareVersion } } });
    },
    switchIndexingOn: () =>
      call('UpdateIndexingConfiguration', {
        thingIndexingConfiguration: { thingIndexingMode: 'REGISTRY', thingConnectivityIndexingMode: 'STATUS' },
      }),
    switchJobEventsOn: () =>
      call('UpdateEventConfigurations', {
        eventConfigurations: { JOB: { Enabled: true }, JOB_EXECUTION: { Enabled: true } },
      }),
    /** Creates a job and lets its roll-out begin. */
    createJob: async (jobId: string, targets: string[], rest: object = {}) => {
      await call('CreateJob', {
        jobId,
        targets: targets.map((target) => `${ARN}${target}`),
        document: '{"version":"1.0"}',
        ...rest,
      });
      await clock.advance(0);
    },
    details: async (jobId: string) => (await call('DescribeJob', { jobId })).job,
  };
};
