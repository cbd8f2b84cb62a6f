import * as v from 'valibot';
import { awaitedSchema, currentSchema, type Device } from './devices';

export type Fields = Readonly<Record<string, unknown>>;

export const DEVICE = 'device';
export const FACT = 'known_';
export const AWAITED = 'awaited#';
/** `over#<operation id>`: since when a workflow is over, milliseconds since the epoch. */
export const OVER = 'over#';

/** `SET` of fields; every name has a placeholder, because many are reserved words of DynamoDB. */
export const setting = (fields: Fields) =>
  `SET ${Object.keys(fields)
    .map((name) => `#${name} = :${name}`)
    .join(', ')}`;
export const namesIn = (...expressions: readonly string[]) =>
  Object.fromEntries(
    [...expressions.join(' ').matchAll(/#(\w+)/g)].map(([placeholder]) => [placeholder, placeholder.slice(1)]),
  );
export const valuesOf = (fields: Fields) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [`:${name}`, value]));

/** A fact, and when the broker received the message that it is of. */
const factSchema = v.object({ text: v.string(), receivedAt: v.number() });

export const deviceOf = (item: Fields, thingName: string): Device => {
  const known = Object.entries(item).flatMap(([name, fact]) =>
    name.startsWith(FACT) ? [{ name: name.slice(FACT.length), ...v.parse(factSchema, fact) }] : [],
  );
  const { previousOperationId } = item;
  // One that a former version of the application wrote is not known any more.
  const parsed = v.safeParse(currentSchema, item['current']);
  const awaited = Object.entries(item).flatMap(([name, value]) =>
    name.startsWith(AWAITED) ? [[name.slice(AWAITED.length), v.parse(awaitedSchema, value)] as const] : [],
  );
  const over = Object.entries(item).flatMap(([name, since]) =>
    name.startsWith(OVER) && typeof since === 'number' ? [[name.slice(OVER.length), since] as const] : [],
  );
  return {
    thingName,
    ...(awaited.length > 0 && { awaited: Object.fromEntries(awaited) }),
    facts: Object.fromEntries(known.filter(({ text }) => text !== '').map(({ name, text }) => [name, text])),
    learntAt: Object.fromEntries(known.map(({ name, receivedAt }) => [name, receivedAt])),
    ...(parsed.success && { current: parsed.output }),
    ...(over.length > 0 && { over: Object.fromEntries(over) }),
    ...(typeof previousOperationId === 'string' && { previousOperationId }),
  };
};
