import * as v from 'valibot';
import {
  type DeviceMessage,
  type DeviceProtocol,
  type OutgoingMessage,
  UnusableMessageError,
} from '../../functions/device-management/protocol';

/** Plain JSON over MQTT: the device subscribes to `json/<thing>/request` and publishes to `json/<thing>/event`. */
const to = (thingName: string, request: object): OutgoingMessage => ({
  topic: `json/${thingName}/request`,
  payload: Buffer.from(JSON.stringify(request)),
  qos: 1,
});

const eventSchema = v.variant('type', [
  v.object({ type: v.literal('hello'), thingName: v.string() }),
  v.object({
    type: v.literal('answer'),
    thingName: v.string(),
    requestId: v.string(),
    refused: v.optional(v.string()),
  }),
  v.object({ type: v.literal('downloaded'), thingName: v.string(), operationId: v.string() }),
  v.object({ type: v.literal('booted'), thingName: v.string(), version: v.string() }),
]);

type Event = v.InferOutput<typeof eventSchema>;

const understand = (event: Event): DeviceMessage => {
  switch (event.type) {
    case 'hello':
      return { kind: 'connected' };
    case 'answer':
      return {
        kind: 'answer',
        requestId: event.requestId,
        ...(event.refused !== undefined && { fault: { faultCode: 'REFUSED', faultString: event.refused } }),
      };
    case 'downloaded':
      return { kind: 'operation-complete', command: 'download', operationId: event.operationId };
    case 'booted':
      return { kind: 'boot', operationId: '', firmwareUpdated: true, firmwareVersion: event.version };
  }
};

/** A second protocol, to prove that the workflow does not depend on USP. */
export const jsonProtocol: DeviceProtocol = {
  name: 'json',
  ensureReachable: (device) => [to(device.thingName, { type: 'welcome' })],
  askVersion: (device) => to(device.thingName, { type: 'version?' }),
  startDownload: (device, { operationId, requestId, firmware, autoActivate }) =>
    to(device.thingName, { type: 'download', operationId, requestId, url: firmware.url, boot: autoActivate }),
  activate: (device, { requestId }) => to(device.thingName, { type: 'boot', requestId }),
  interpret: (input) => {
    const parsed = v.safeParse(eventSchema, input);
    if (!parsed.success) throw new UnusableMessageError(`Not an event of protocol json: ${parsed.issues[0].message}`);
    const { type, thingName } = parsed.output;
    return { thingName, message: understand(parsed.output), isReady: type === 'hello' };
  },
};
