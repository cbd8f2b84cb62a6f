// Written by `npm run proto` from the schema files; do not edit.
/** USP messages as canonical proto3 JSON has them: an absent field has its default value. */

export type UspRecordPayloadSecurity = 'PLAINTEXT' | 'TLS12';

export type UspSessionContextRecordPayloadSARState = 'NONE' | 'BEGIN' | 'INPROCESS' | 'COMPLETE';

export type UspMQTTConnectRecordMQTTVersion = 'V3_1_1' | 'V5';

export type UspSTOMPConnectRecordSTOMPVersion = 'V1_2';

export type UspHeaderMsgType = 'ERROR' | 'GET' | 'GET_RESP' | 'NOTIFY' | 'SET' | 'SET_RESP' | 'OPERATE' | 'OPERATE_RESP' | 'ADD' | 'ADD_RESP' | 'DELETE' | 'DELETE_RESP' | 'GET_SUPPORTED_DM' | 'GET_SUPPORTED_DM_RESP' | 'GET_INSTANCES' | 'GET_INSTANCES_RESP' | 'NOTIFY_RESP' | 'GET_SUPPORTED_PROTO' | 'GET_SUPPORTED_PROTO_RESP' | 'REGISTER' | 'REGISTER_RESP' | 'DEREGISTER' | 'DEREGISTER_RESP';

export type UspGetSupportedDMRespParamAccessType = 'PARAM_READ_ONLY' | 'PARAM_READ_WRITE' | 'PARAM_WRITE_ONLY';

export type UspGetSupportedDMRespObjAccessType = 'OBJ_READ_ONLY' | 'OBJ_ADD_DELETE' | 'OBJ_ADD_ONLY' | 'OBJ_DELETE_ONLY';

export type UspGetSupportedDMRespParamValueType = 'PARAM_UNKNOWN' | 'PARAM_BASE_64' | 'PARAM_BOOLEAN' | 'PARAM_DATE_TIME' | 'PARAM_DECIMAL' | 'PARAM_HEX_BINARY' | 'PARAM_INT' | 'PARAM_LONG' | 'PARAM_STRING' | 'PARAM_UNSIGNED_INT' | 'PARAM_UNSIGNED_LONG';

export type UspGetSupportedDMRespValueChangeType = 'VALUE_CHANGE_UNKNOWN' | 'VALUE_CHANGE_ALLOWED' | 'VALUE_CHANGE_WILL_IGNORE';

export type UspGetSupportedDMRespCmdType = 'CMD_UNKNOWN' | 'CMD_SYNC' | 'CMD_ASYNC';

export interface UspRecord {
  version?: string;
  toId?: string;
  fromId?: string;
  payloadSecurity?: UspRecordPayloadSecurity;
  macSignature?: Uint8Array;
  senderCert?: Uint8Array;
  noSessionContext?: UspNoSessionContextRecord;
  sessionContext?: UspSessionContextRecord;
  websocketConnect?: UspWebSocketConnectRecord;
  mqttConnect?: UspMQTTConnectRecord;
  stompConnect?: UspSTOMPConnectRecord;
  disconnect?: UspDisconnectRecord;
  udsConnect?: UspUDSConnectRecord;
}

export interface UspNoSessionContextRecord {
  payload?: Uint8Array;
}

export interface UspSessionContextRecord {
  sessionId?: string;
  sequenceId?: string;
  expectedId?: string;
  retransmitId?: string;
  payloadSarState?: UspSessionContextRecordPayloadSARState;
  payloadrecSarState?: UspSessionContextRecordPayloadSARState;
  payload?: Uint8Array[];
}

export type UspWebSocketConnectRecord = { [field: string]: never };

export interface UspMQTTConnectRecord {
  version?: UspMQTTConnectRecordMQTTVersion;
  subscribedTopic?: string;
}

export interface UspSTOMPConnectRecord {
  version?: UspSTOMPConnectRecordSTOMPVersion;
  subscribedDestination?: string;
}

export type UspUDSConnectRecord = { [field: string]: never };

export interface UspDisconnectRecord {
  reason?: string;
  reasonCode?: number;
}

export interface UspMsg {
  header?: UspHeader;
  body?: UspBody;
}

export interface UspHeader {
  msgId?: string;
  msgType?: UspHeaderMsgType;
}

export interface UspBody {
  request?: UspRequest;
  response?: UspResponse;
  error?: UspError;
}

export interface UspRequest {
  get?: UspGet;
  getSupportedDm?: UspGetSupportedDM;
  getInstances?: UspGetInstances;
  set?: UspSet;
  add?: UspAdd;
  delete?: UspDelete;
  operate?: UspOperate;
  notify?: UspNotify;
  getSupportedProtocol?: UspGetSupportedProtocol;
  register?: UspRegister;
  deregister?: UspDeregister;
}

export interface UspResponse {
  getResp?: UspGetResp;
  getSupportedDmResp?: UspGetSupportedDMResp;
  getInstancesResp?: UspGetInstancesResp;
  setResp?: UspSetResp;
  addResp?: UspAddResp;
  deleteResp?: UspDeleteResp;
  operateResp?: UspOperateResp;
  notifyResp?: UspNotifyResp;
  getSupportedProtocolResp?: UspGetSupportedProtocolResp;
  registerResp?: UspRegisterResp;
  deregisterResp?: UspDeregisterResp;
}

export interface UspError {
  errCode?: number;
  errMsg?: string;
  paramErrs?: UspErrorParamError[];
}

export interface UspErrorParamError {
  paramPath?: string;
  errCode?: number;
  errMsg?: string;
}

export interface UspGet {
  paramPaths?: string[];
  maxDepth?: number;
}

export interface UspGetResp {
  reqPathResults?: UspGetRespRequestedPathResult[];
}

export interface UspGetRespRequestedPathResult {
  requestedPath?: string;
  errCode?: number;
  errMsg?: string;
  resolvedPathResults?: UspGetRespResolvedPathResult[];
}

export interface UspGetRespResolvedPathResult {
  resolvedPath?: string;
  resultParams?: { [key: string]: string };
}

export interface UspGetSupportedDM {
  objPaths?: string[];
  firstLevelOnly?: boolean;
  returnCommands?: boolean;
  returnEvents?: boolean;
  returnParams?: boolean;
  returnUniqueKeySets?: boolean;
}

export interface UspGetSupportedDMResp {
  reqObjResults?: UspGetSupportedDMRespRequestedObjectResult[];
}

export interface UspGetSupportedDMRespRequestedObjectResult {
  reqObjPath?: string;
  errCode?: number;
  errMsg?: string;
  dataModelInstUri?: string;
  supportedObjs?: UspGetSupportedDMRespSupportedObjectResult[];
}

export interface UspGetSupportedDMRespSupportedObjectResult {
  supportedObjPath?: string;
  access?: UspGetSupportedDMRespObjAccessType;
  isMultiInstance?: boolean;
  supportedCommands?: UspGetSupportedDMRespSupportedCommandResult[];
  supportedEvents?: UspGetSupportedDMRespSupportedEventResult[];
  supportedParams?: UspGetSupportedDMRespSupportedParamResult[];
  divergentPaths?: string[];
  uniqueKeySets?: UspGetSupportedDMRespSupportedUniqueKeySet[];
}

export interface UspGetSupportedDMRespSupportedParamResult {
  paramName?: string;
  access?: UspGetSupportedDMRespParamAccessType;
  valueType?: UspGetSupportedDMRespParamValueType;
  valueChange?: UspGetSupportedDMRespValueChangeType;
}

export interface UspGetSupportedDMRespSupportedCommandResult {
  commandName?: string;
  inputArgNames?: string[];
  outputArgNames?: string[];
  commandType?: UspGetSupportedDMRespCmdType;
}

export interface UspGetSupportedDMRespSupportedEventResult {
  eventName?: string;
  argNames?: string[];
}

export interface UspGetSupportedDMRespSupportedUniqueKeySet {
  keyNames?: string[];
}

export interface UspGetInstances {
  objPaths?: string[];
  firstLevelOnly?: boolean;
}

export interface UspGetInstancesResp {
  reqPathResults?: UspGetInstancesRespRequestedPathResult[];
}

export interface UspGetInstancesRespRequestedPathResult {
  requestedPath?: string;
  errCode?: number;
  errMsg?: string;
  currInsts?: UspGetInstancesRespCurrInstance[];
}

export interface UspGetInstancesRespCurrInstance {
  instantiatedObjPath?: string;
  uniqueKeys?: { [key: string]: string };
}

export interface UspGetSupportedProtocol {
  controllerSupportedProtocolVersions?: string;
}

export interface UspGetSupportedProtocolResp {
  agentSupportedProtocolVersions?: string;
}

export interface UspAdd {
  allowPartial?: boolean;
  createObjs?: UspAddCreateObject[];
}

export interface UspAddCreateObject {
  objPath?: string;
  paramSettings?: UspAddCreateParamSetting[];
}

export interface UspAddCreateParamSetting {
  param?: string;
  value?: string;
  required?: boolean;
}

export interface UspAddResp {
  createdObjResults?: UspAddRespCreatedObjectResult[];
}

export interface UspAddRespCreatedObjectResult {
  requestedPath?: string;
  operStatus?: UspAddRespCreatedObjectResultOperationStatus;
}

export interface UspAddRespCreatedObjectResultOperationStatus {
  operFailure?: UspAddRespCreatedObjectResultOperationStatusOperationFailure;
  operSuccess?: UspAddRespCreatedObjectResultOperationStatusOperationSuccess;
}

export interface UspAddRespCreatedObjectResultOperationStatusOperationFailure {
  errCode?: number;
  errMsg?: string;
}

export interface UspAddRespCreatedObjectResultOperationStatusOperationSuccess {
  instantiatedPath?: string;
  paramErrs?: UspAddRespParameterError[];
  uniqueKeys?: { [key: string]: string };
}

export interface UspAddRespParameterError {
  param?: string;
  errCode?: number;
  errMsg?: string;
}

export interface UspDelete {
  allowPartial?: boolean;
  objPaths?: string[];
}

export interface UspDeleteResp {
  deletedObjResults?: UspDeleteRespDeletedObjectResult[];
}

export interface UspDeleteRespDeletedObjectResult {
  requestedPath?: string;
  operStatus?: UspDeleteRespDeletedObjectResultOperationStatus;
}

export interface UspDeleteRespDeletedObjectResultOperationStatus {
  operFailure?: UspDeleteRespDeletedObjectResultOperationStatusOperationFailure;
  operSuccess?: UspDeleteRespDeletedObjectResultOperationStatusOperationSuccess;
}

export interface UspDeleteRespDeletedObjectResultOperationStatusOperationFailure {
  errCode?: number;
  errMsg?: string;
}

export interface UspDeleteRespDeletedObjectResultOperationStatusOperationSuccess {
  affectedPaths?: string[];
  unaffectedPathErrs?: UspDeleteRespUnaffectedPathError[];
}

export interface UspDeleteRespUnaffectedPathError {
  unaffectedPath?: string;
  errCode?: number;
  errMsg?: string;
}

export interface UspSet {
  allowPartial?: boolean;
  updateObjs?: UspSetUpdateObject[];
}

export interface UspSetUpdateObject {
  objPath?: string;
  paramSettings?: UspSetUpdateParamSetting[];
}

export interface UspSetUpdateParamSetting {
  param?: string;
  value?: string;
  required?: boolean;
}

export interface UspSetResp {
  updatedObjResults?: UspSetRespUpdatedObjectResult[];
}

export interface UspSetRespUpdatedObjectResult {
  requestedPath?: string;
  operStatus?: UspSetRespUpdatedObjectResultOperationStatus;
}

export interface UspSetRespUpdatedObjectResultOperationStatus {
  operFailure?: UspSetRespUpdatedObjectResultOperationStatusOperationFailure;
  operSuccess?: UspSetRespUpdatedObjectResultOperationStatusOperationSuccess;
}

export interface UspSetRespUpdatedObjectResultOperationStatusOperationFailure {
  errCode?: number;
  errMsg?: string;
  updatedInstFailures?: UspSetRespUpdatedInstanceFailure[];
}

export interface UspSetRespUpdatedObjectResultOperationStatusOperationSuccess {
  updatedInstResults?: UspSetRespUpdatedInstanceResult[];
}

export interface UspSetRespUpdatedInstanceFailure {
  affectedPath?: string;
  paramErrs?: UspSetRespParameterError[];
}

export interface UspSetRespUpdatedInstanceResult {
  affectedPath?: string;
  paramErrs?: UspSetRespParameterError[];
  updatedParams?: { [key: string]: string };
}

export interface UspSetRespParameterError {
  param?: string;
  errCode?: number;
  errMsg?: string;
}

export interface UspOperate {
  command?: string;
  commandKey?: string;
  sendResp?: boolean;
  inputArgs?: { [key: string]: string };
}

export interface UspOperateResp {
  operationResults?: UspOperateRespOperationResult[];
}

export interface UspOperateRespOperationResult {
  executedCommand?: string;
  reqObjPath?: string;
  reqOutputArgs?: UspOperateRespOperationResultOutputArgs;
  cmdFailure?: UspOperateRespOperationResultCommandFailure;
}

export interface UspOperateRespOperationResultOutputArgs {
  outputArgs?: { [key: string]: string };
}

export interface UspOperateRespOperationResultCommandFailure {
  errCode?: number;
  errMsg?: string;
}

export interface UspNotify {
  subscriptionId?: string;
  sendResp?: boolean;
  event?: UspNotifyEvent;
  valueChange?: UspNotifyValueChange;
  objCreation?: UspNotifyObjectCreation;
  objDeletion?: UspNotifyObjectDeletion;
  operComplete?: UspNotifyOperationComplete;
  onBoardReq?: UspNotifyOnBoardRequest;
}

export interface UspNotifyEvent {
  objPath?: string;
  eventName?: string;
  params?: { [key: string]: string };
}

export interface UspNotifyValueChange {
  paramPath?: string;
  paramValue?: string;
}

export interface UspNotifyObjectCreation {
  objPath?: string;
  uniqueKeys?: { [key: string]: string };
}

export interface UspNotifyObjectDeletion {
  objPath?: string;
}

export interface UspNotifyOperationComplete {
  objPath?: string;
  commandName?: string;
  commandKey?: string;
  reqOutputArgs?: UspNotifyOperationCompleteOutputArgs;
  cmdFailure?: UspNotifyOperationCompleteCommandFailure;
}

export interface UspNotifyOperationCompleteOutputArgs {
  outputArgs?: { [key: string]: string };
}

export interface UspNotifyOperationCompleteCommandFailure {
  errCode?: number;
  errMsg?: string;
}

export interface UspNotifyOnBoardRequest {
  oui?: string;
  productClass?: string;
  serialNumber?: string;
  agentSupportedProtocolVersions?: string;
}

export interface UspNotifyResp {
  subscriptionId?: string;
}

export interface UspRegister {
  allowPartial?: boolean;
  regPaths?: UspRegisterRegistrationPath[];
}

export interface UspRegisterRegistrationPath {
  path?: string;
}

export interface UspRegisterResp {
  registeredPathResults?: UspRegisterRespRegisteredPathResult[];
}

export interface UspRegisterRespRegisteredPathResult {
  requestedPath?: string;
  operStatus?: UspRegisterRespRegisteredPathResultOperationStatus;
}

export interface UspRegisterRespRegisteredPathResultOperationStatus {
  operFailure?: UspRegisterRespRegisteredPathResultOperationStatusOperationFailure;
  operSuccess?: UspRegisterRespRegisteredPathResultOperationStatusOperationSuccess;
}

export interface UspRegisterRespRegisteredPathResultOperationStatusOperationFailure {
  errCode?: number;
  errMsg?: string;
}

export interface UspRegisterRespRegisteredPathResultOperationStatusOperationSuccess {
  registeredPath?: string;
}

export interface UspDeregister {
  paths?: string[];
}

export interface UspDeregisterResp {
  deregisteredPathResults?: UspDeregisterRespDeregisteredPathResult[];
}

export interface UspDeregisterRespDeregisteredPathResult {
  requestedPath?: string;
  operStatus?: UspDeregisterRespDeregisteredPathResultOperationStatus;
}

export interface UspDeregisterRespDeregisteredPathResultOperationStatus {
  operFailure?: UspDeregisterRespDeregisteredPathResultOperationStatusOperationFailure;
  operSuccess?: UspDeregisterRespDeregisteredPathResultOperationStatusOperationSuccess;
}

export interface UspDeregisterRespDeregisteredPathResultOperationStatusOperationFailure {
  errCode?: number;
  errMsg?: string;
}

export interface UspDeregisterRespDeregisteredPathResultOperationStatusOperationSuccess {
  deregisteredPath?: string[];
}
