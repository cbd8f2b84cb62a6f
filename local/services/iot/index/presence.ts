import * as v from 'valibot';
import type { IotContext } from '../context';
import type { ThingStore } from '../registry/thing-store';
import type { ConnectivityStore } from './connectivity-store';

const TOPIC = '$aws/events/presence/';
const eventSchema = v.object({
  clientId: v.string(),
  timestamp: v.number(),
  eventType: v.picklist(['connected', 'disconnected']),
  versionNumber: v.optional(v.number(), 0),
  disconnectReason: v.optional(v.string()),
});

/** Keeps the connectivity of things up to date from the broker's presence events. */
export const followPresence = (
  { bus, report }: IotContext,
  things: ThingStore,
  connectivity: ConnectivityStore,
): (() => void) => {
  things.onRemoved(({ thingName }) => connectivity.forget(thingName));
  return bus.onMessage(({ topic, payload, clientId: sender }) => {
    // Only the broker itself publishes presence events; a device could try to.
    if (!topic.startsWith(TOPIC) || sender !== undefined) return;
    let event: v.InferOutput<typeof eventSchema>;
    try {
      event = v.parse(eventSchema, JSON.parse(payload.toString()));
    } catch (error) {
      report({ level: 'warn', source: 'iot', message: `presence event on ${topic} is not valid: ${String(error)}` });
      return;
    }
    const { clientId, timestamp, eventType, versionNumber, disconnectReason } = event;
    const isNewer = connectivity.observe(clientId, {
      connected: eventType === 'connected',
      timestamp,
      versionNumber,
      ...(disconnectReason === undefined ? {} : { disconnectReason }),
    });
    const thing = things.get(clientId);
    if (!thing) connectivity.forget(clientId);
    else if (isNewer) things.changed(thing);
  });
};
