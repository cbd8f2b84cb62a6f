import { PROTOCOL_VERSIONS } from './data-model';
import type { AgentState, HandlerResult, Request } from './types';

/** GetSupportedProtocol: the USP versions that the agent supports. */
export const handleGetSupportedProtocol = (state: AgentState, { msg }: Request): HandlerResult => ({
  state,
  answer: {
    header: { msgId: msg.header?.msgId ?? '', msgType: 'GET_SUPPORTED_PROTO_RESP' },
    body: { response: { getSupportedProtocolResp: { agentSupportedProtocolVersions: PROTOCOL_VERSIONS } } },
  },
});
