import * as v from 'valibot';
import { awaitedSchema, currentSchema, type Device, type Operation } from './devices';

export type Fields = Readonly<Record<string, unknown>>;

/** Items of operations are deleted after 90 days. */
export const KEEP_MS = 90 * 86_400_000;
export const DEVICE = 'device';
export const FACT = 'known_';
export const AWAITED = 'awaited#';
export const operationKey = ({ operationId, command }: Pick<Operation, 'operationId' | 'command'>) =>
  `operation#${operationId}#${command}`;

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
  const { current } = item;
  const awaited = Object.entries(item).flatMap(([name, value]) =>
    name.startsWith(AWAITED) ? [[name.slice(AWAITED.length), v.parse(awaitedSchema, value)] as const] : [],
  );
  return {
    thingName,
    ...(awaited.length > 0 && { awaited: Object.fromEntries(awaited) }),
    facts: Object.fromEntries(known.filter(({ text }) => text !== '').map(({ name, text }) => [name, text])),
    learntAt: Object.fromEntries(known.map(({ name, receivedAt }) => [name, receivedAt])),
    ...(current !== undefined && { current: v.parse(currentSchema, current) }),
  };
};

type Base = Pick<
  Operation,
  'operationId' | 'command' | 'requestId' | 'firmwareVersion' | 'awaitsBoot' | 'executionArn' | 'startedAt'
>;
export const baseOf = ({
  operationId,
  command,
  requestId,
  firmwareVersion,
  awaitsBoot,
  executionArn,
  startedAt,
}: Base): Base => ({
  ...{ operationId, command, requestId, firmwareVersion, awaitsBoot },
  ...(executionArn !== undefined && { executionArn }),
  ...(startedAt !== undefined && { startedAt }),
});
