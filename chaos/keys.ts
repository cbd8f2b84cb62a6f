import * as v from 'valibot';
import type { Delivery, Invocation, RoleCall } from '../local/core/disturbance';
import type { MqttMessage } from '../local/core/mqtt';
import { UspCodecError, type UspMsg, decodeMsg, decodeRecord } from '../proto/codec';
import { thingOfResponseTopic } from '../proto/topics';

/** Stable names of what happens in a campaign: nothing in them differs between two runs with the same seed. */

const json = (text: string): unknown => {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
};

const text = v.optional(v.string(), '');
const domainMessage = v.object({
  name: v.string(),
  thingName: text,
  id: text,
  jobId: text,
});
const snsEvent = v.object({ Records: v.tuple([v.object({ Sns: v.object({ Message: v.string() }) })]) });
const waitEvent = v.object({ wait: v.object({ name: v.string(), thingName: v.string(), operationId: v.string() }) });
const endedEvent = v.object({ jobId: v.string(), thingName: v.string(), reason: v.string() });
const bridgeEvent = v.object({ detail: v.object({ status: v.string(), input: v.string() }) });
const executionInput = v.object({ thingName: v.string(), operationId: v.string() });
const presenceEvent = v.object({ protocol: v.literal('presence'), thingName: v.string() });
const uspRequest = v.record(v.string(), v.unknown());
const deviceEvent = v.object({
  thingName: v.string(),
  payload: v.optional(
    v.object({
      header: v.optional(v.object({ msgType: text })),
      body: v.optional(v.object({ request: v.optional(v.object({ notify: v.optional(uspRequest) })) })),
    }),
  ),
});
const notifyNext = v.object({
  execution: v.optional(v.object({ jobId: v.string(), executionNumber: v.number(), versionNumber: v.number() })),
});

const messageKey = (message: unknown): string => {
  const {
    name = 'other',
    thingName = '',
    id = '',
    jobId = '',
  } = v.safeParse(domainMessage, message).success ? v.parse(domainMessage, message) : {};
  return [name, thingName, id || jobId].join(' ');
};

/** Of a notification, which one; of anything else, its type. */
const uspKey = (msgType: string, notify: object | undefined): string => {
  const kinds = Object.entries(notify ?? {}).flatMap(([kind, content]) => {
    const {
      eventName,
      event_name: snake,
      commandName,
    } = v.parse(
      v.object({ eventName: text, event_name: text, commandName: text }),
      typeof content === 'object' && content !== null ? content : {},
    );
    return typeof content === 'object' ? [eventName || snake || commandName || kind] : [];
  });
  return [msgType || 'record', ...kinds].join(' ');
};

/** What a function is invoked with. */
export const eventKey = (event: string): string => {
  const value = json(event);
  const first = <T>(...readings: readonly (() => T | undefined)[]): T | undefined => {
    for (const read of readings) {
      const found = read();
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const read =
    <S extends v.GenericSchema>(schema: S, keyOf: (value: v.InferOutput<S>) => string) =>
    () => {
      const parsed = v.safeParse(schema, value);
      return parsed.success ? keyOf(parsed.output) : undefined;
    };
  return (
    first(
      read(snsEvent, ({ Records: [record] }) => messageKey(json(record.Sns.Message))),
      read(waitEvent, ({ wait }) => ['wait', wait.name, wait.thingName, wait.operationId].join(' ')),
      read(endedEvent, ({ jobId, thingName, reason }) => ['ended', reason, thingName, jobId].join(' ')),
      read(bridgeEvent, ({ detail }) => {
        const input = v.safeParse(executionInput, json(detail.input));
        const { thingName = '', operationId = '' } = input.success ? input.output : {};
        return ['execution', detail.status, thingName, operationId].join(' ');
      }),
      read(presenceEvent, ({ thingName }) => `presence ${thingName}`),
      read(deviceEvent, ({ thingName, payload }) =>
        [thingName, uspKey(payload?.header?.msgType ?? '', payload?.body?.request?.notify)].join(' '),
      ),
    ) ?? 'other'
  );
};

/** The USP message in a payload; undefined when there is none. */
export const uspIn = (payload: Uint8Array): UspMsg | undefined => {
  try {
    const bytes = decodeRecord(payload).noSessionContext?.payload;
    return bytes && decodeMsg(bytes);
  } catch (error) {
    if (error instanceof UspCodecError) return undefined;
    throw error;
  }
};

/** The thing that gets requests on a topic of the controller. */
export const thingOfRequestTopic = (topic: string): string | undefined =>
  /^agents\/([^/]+)\/usp\/request/.exec(topic)?.[1];

/** What an MQTT message is about. */
export const mqttKey = ({ topic, payload }: MqttMessage): string => {
  const thing = thingOfResponseTopic(topic) ?? thingOfRequestTopic(topic);
  if (thing !== undefined) {
    const msg = uspIn(payload);
    const { notify, operate } = msg?.body?.request ?? {};
    return [thing, uspKey(msg?.header?.msgType ?? '', notify), operate?.commandKey ?? ''].join(' ');
  }
  const parsed = v.safeParse(notifyNext, json(payload.toString()));
  const { jobId = '', executionNumber = '', versionNumber = '' } = (parsed.success && parsed.output.execution) || {};
  return [topic, jobId, executionNumber, versionNumber].join(' ');
};

export const deliveryKey = (delivery: Delivery): string =>
  delivery.kind === 'event'
    ? `${delivery.functionName}: ${eventKey(delivery.event)}`
    : `${delivery.kind}: ${mqttKey(delivery.message)}`;

/** What a call without an invocation is about: a state machine's or a rule's. */
const subjectOf = (input: RoleCall['input']): string => {
  const { Key, Message, ThingName, thingName, Payload, FunctionName, input: execution } = input;
  if (Key !== undefined) return JSON.stringify(Key);
  if (typeof Message === 'string') return messageKey(json(Message));
  if (FunctionName !== undefined) {
    const bytes = Payload instanceof Uint8Array ? Buffer.from(Payload).toString() : '';
    return `${String(FunctionName)} ${eventKey(bytes)}`;
  }
  if (typeof execution === 'string') {
    const parsed = v.safeParse(executionInput, json(execution));
    return parsed.success ? parsed.output.operationId + parsed.output.thingName : '';
  }
  return String(ThingName ?? thingName ?? '');
};

export const invocationKey = ({ functionName, event }: Invocation): string => `${functionName}: ${eventKey(event)}`;

export const callKey = ({ service, operation, input, roleArn, invocation }: RoleCall): string => {
  const caller = invocation
    ? invocationKey(invocation)
    : `${roleArn.slice(roleArn.lastIndexOf('/') + 1)}: ${subjectOf(input)}`;
  return `${caller}: ${service}:${operation}`;
};
