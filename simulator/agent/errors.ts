import type { UspMsg } from '../../proto/codec';
import type { UspErrorParamError } from '../../proto/generated/messages';

/** TR-369, "Error Codes". */
export const ERR = {
  messageNotSupported: 7001,
  invalidArguments: 7004,
  resourcesExceeded: 7005,
  invalidPathSyntax: 7008,
  unsupportedParameter: 7010,
  invalidType: 7011,
  invalidValue: 7012,
  readOnlyParameter: 7013,
  objectDoesNotExist: 7016,
  notATable: 7018,
  notCreatable: 7019,
  couldNotUpdate: 7020,
  requiredParameterFailed: 7021,
  commandFailure: 7022,
  commandCanceled: 7023,
  deleteFailure: 7024,
  duplicateKey: 7025,
  invalidPath: 7026,
  invalidCommandArguments: 7027,
} as const;

/** Why a request, or part of one, failed. */
export interface Problem {
  readonly errCode: number;
  readonly errMsg: string;
}

/** The USP Error message that answers a request. */
export const errorMsg = (
  request: UspMsg,
  errCode: number,
  errMsg: string,
  paramErrs: readonly UspErrorParamError[] = [],
): UspMsg => ({
  header: { msgId: request.header?.msgId ?? '', msgType: 'ERROR' },
  body: { error: { errCode, errMsg, ...(paramErrs.length > 0 && { paramErrs: [...paramErrs] }) } },
});
