import type { UspMsg } from '../../proto/codec';

/** Error codes of TR-369, section "Error Codes". */
export const ERR = {
  messageNotSupported: 7001,
  invalidArguments: 7004,
  resourcesExceeded: 7005,
  objectDoesNotExist: 7016,
  commandFailure: 7022,
  invalidPath: 7026,
} as const;

/** The USP Error message that answers a request. */
export const errorMsg = (request: UspMsg, errCode: number, errMsg: string): UspMsg => ({
  header: { msgId: request.header?.msgId ?? '', msgType: 'ERROR' },
  body: { error: { errCode, errMsg } },
});
