import type { NormalizedSchema } from '@smithy/core/schema';
import type { IncomingHttpHeaders } from 'node:http';
import { isRecord } from './guards';
import { headerOf, type WireRequest, type WireResponse } from './message';
import type { RouteMatch } from './rest-routes';
import { readScalar } from './scalar';
import type { OperationModel } from './service-model';
import { timestampFormat, writeTimestamp } from './timestamp';

/** The format of structures in the body: JSON or XML. */
export interface BodyCodec {
  readonly contentType: string;
  /** Compiles a reader of the members for which `accept` is true: those in the body. */
  reader(schema: NormalizedSchema, accept: (member: NormalizedSchema) => boolean): (body: Buffer) => unknown;
  writer(schema: NormalizedSchema, accept: (member: NormalizedSchema) => boolean): (value: unknown) => string;
}

type Values = Record<string, unknown>;

/** Puts one bound member of the request into the input. */
type ReadMember = (input: Values, request: WireRequest, labels: RouteMatch['labels']) => void;

/** Puts one bound member of the output into the response under construction. */
type WriteMember = (value: unknown, response: { status: number; headers: Record<string, string> }) => void;

const inBody = (member: NormalizedSchema): boolean => {
  const traits = member.getMergedTraits();
  return !(
    traits.httpLabel ||
    traits.httpQuery ||
    traits.httpQueryParams ||
    traits.httpHeader ||
    traits.httpPrefixHeaders ||
    traits.httpPayload ||
    traits.httpResponseCode
  );
};

const everyMember = () => true;

const membersOf = (schema: NormalizedSchema): readonly (readonly [string, NormalizedSchema])[] =>
  schema.isUnitSchema() ? [] : [...schema.structIterator()];

/** Text with a media type (JSON in a header) is sent as base64. */
const headerText = (member: NormalizedSchema, text: string, name: string): unknown => {
  if (member.isListSchema()) return text.split(',').map((one) => readScalar(member.getValueSchema(), one.trim(), name));
  const encoded = member.isStringSchema() && member.getMergedTraits().mediaType !== undefined;
  return encoded ? Buffer.from(text, 'base64').toString('utf8') : readScalar(member, text, name);
};

const prefixed = (headers: IncomingHttpHeaders, prefix: string): Record<string, string> => {
  const start = prefix.toLowerCase();
  const found = Object.keys(headers).filter((name) => name.startsWith(start));
  return Object.fromEntries(found.map((name) => [name.slice(start.length), headerOf(headers, name) ?? '']));
};

const readQuery =
  (name: string, parameter: string, member: NormalizedSchema): ReadMember =>
  (input, { query }) => {
    const values = query.getAll(parameter);
    const [first] = values;
    if (first === undefined) return;
    input[name] = member.isListSchema()
      ? values.map((value) => readScalar(member.getValueSchema(), value, name))
      : readScalar(member, first, name);
  };

const readPayload = (name: string, member: NormalizedSchema, codec: BodyCodec): ReadMember => {
  if (member.isStructSchema()) {
    const read = codec.reader(member, everyMember);
    return (input, { body }) => {
      if (body.length > 0) input[name] = read(body);
    };
  }
  if (member.isBlobSchema()) return (input, { body }) => void (input[name] = body);
  return (input, { body }) => void (input[name] = body.toString('utf8'));
};

const readMember = (name: string, member: NormalizedSchema, codec: BodyCodec): ReadMember | undefined => {
  const traits = member.getMergedTraits();
  const { httpHeader, httpPrefixHeaders, httpQuery } = traits;
  if (traits.httpLabel)
    return (input, _request, labels) => {
      const text = labels[name];
      if (text !== undefined) input[name] = readScalar(member, text, name);
    };
  if (httpQuery) return readQuery(name, httpQuery, member);
  if (traits.httpQueryParams) return (input, { query }) => void (input[name] = Object.fromEntries(query));
  if (httpHeader)
    return (input, { headers }) => {
      const text = headerOf(headers, httpHeader);
      if (text !== undefined) input[name] = headerText(member, text, name);
    };
  if (httpPrefixHeaders !== undefined)
    return (input, { headers }) => void (input[name] = prefixed(headers, httpPrefixHeaders));
  return traits.httpPayload ? readPayload(name, member, codec) : undefined;
};

const writeHeader = (member: NormalizedSchema, value: unknown): string => {
  if (member.isTimestampSchema()) return String(writeTimestamp(value, timestampFormat(member, 'http-date')));
  if (Array.isArray(value)) return value.map(String).join(',');
  const encoded = member.isStringSchema() && member.getMergedTraits().mediaType !== undefined;
  return encoded ? Buffer.from(String(value)).toString('base64') : String(value);
};

const writeMember = (member: NormalizedSchema): WriteMember | undefined => {
  const { httpHeader, httpPrefixHeaders, httpResponseCode } = member.getMergedTraits();
  if (httpResponseCode)
    return (value, response) => {
      if (typeof value === 'number') response.status = value;
    };
  if (httpHeader) {
    // Always the same spelling, so that an operation's own content type replaces the protocol's.
    const name = httpHeader.toLowerCase();
    return (value, response) => void (response.headers[name] = writeHeader(member, value));
  }
  if (httpPrefixHeaders === undefined) return undefined;
  return (value, response) => {
    if (!isRecord(value)) return;
    for (const [name, text] of Object.entries(value)) response.headers[`${httpPrefixHeaders}${name}`] = String(text);
  };
};

const bytesOf = (value: unknown): string | Uint8Array => {
  if (value instanceof Uint8Array || typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
};

/** Reads and writes one operation of a REST service by the traits of its schema. Compiled once per operation. */
export const createRestBinding = ({ input, output, http }: OperationModel, codec: BodyCodec) => {
  const inputs = membersOf(input);
  const readers = inputs.flatMap(([name, member]) => readMember(name, member, codec) ?? []);
  const readBody = inputs.some(([, member]) => inBody(member)) ? codec.reader(input, inBody) : undefined;
  const outputs = membersOf(output);
  const writers = outputs.flatMap(([name, member]) => {
    const write = writeMember(member);
    return write ? [[name, write] as const] : [];
  });
  const payload = outputs.find(([, member]) => member.getMergedTraits().httpPayload);
  const payloadIsStructure = payload?.[1].isStructSchema() ?? false;
  const writeBody =
    payload && payloadIsStructure ? codec.writer(payload[1], everyMember) : codec.writer(output, inBody);

  return {
    read: (request: WireRequest, labels: RouteMatch['labels']): Values => {
      const body = readBody?.(request.body);
      const values: Values = isRecord(body) ? { ...body } : {};
      for (const read of readers) read(values, request, labels);
      return values;
    },
    write: (result: unknown): WireResponse => {
      const values = isRecord(result) ? result : {};
      const response = { status: http?.status ?? 200, headers: {} as Record<string, string> };
      for (const [name, write] of writers) {
        const value = values[name];
        if (value !== undefined && value !== null) write(value, response);
      }
      if (!payload || payloadIsStructure) {
        const body = writeBody(payload ? values[payload[0]] : values);
        return { ...response, headers: { 'content-type': codec.contentType, ...response.headers }, body };
      }
      const contentType = payload[1].isBlobSchema() ? 'application/octet-stream' : codec.contentType;
      const headers = { 'content-type': contentType, ...response.headers };
      return { ...response, headers, body: bytesOf(values[payload[0]]) };
    },
  };
};

/** Bindings are compiled when an operation is used for the first time. */
export const createBindingCache = (codec: BodyCodec) => {
  const bindings = new Map<string, ReturnType<typeof createRestBinding>>();
  return (operation: OperationModel) => {
    const known = bindings.get(operation.name);
    if (known) return known;
    const binding = createRestBinding(operation, codec);
    bindings.set(operation.name, binding);
    return binding;
  };
};
