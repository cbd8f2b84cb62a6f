import { randomUUID } from 'node:crypto';

/**
 * Lambda gives each invocation a trace id, and the SDK sends it with every call:
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 * @example Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0
 */
export const createTraceId = (): string => {
  const hex = randomUUID().replaceAll('-', '');
  return `Root=1-${hex.slice(0, 8)}-${hex.slice(8)};Sampled=0`;
};

/** The header with the trace id of the invocation that makes a request. */
export const TRACE_HEADER = 'x-amzn-trace-id';
