import type { Facts } from '../protocol';
import { readInventory } from './inventory';
import { inventoryAskedAt, isEnsureAll, isEnsureOne } from './reachability';
import type { AddResp, Failure, GetResp, OperateResp } from './schemas';
import { faultOf, type Understanding, type Understood } from './understood';

/** A search path that matched nothing is answered without results. */
const NO_RESULT: Failure = {
  errCode: '7016',
  errMsg: 'The device has no firmware image that the command applies to.',
};

/** TR-369, "Error Codes": invalid arguments (some agents' word for it), and a unique key that exists. */
const THERE_ALREADY = ['7004', '7025'];

/** `Device.DeviceInfo.FirmwareImage.2.Download()` → `Device.DeviceInfo.FirmwareImage.2.` */
const imageOf = (executedCommand: string) =>
  /^(Device\.DeviceInfo\.FirmwareImage\.\d+\.)Download\(\)$/.exec(executedCommand)?.[1];

/** What the answer to an Operate reports. */
export const ofOperateResp = (requestId: string, { operationResults }: OperateResp): Understanding => {
  const started = operationResults.find(({ cmdFailure }) => cmdFailure === undefined);
  if (!started)
    return { message: { kind: 'answer', requestId, ...faultOf(operationResults[0]?.cmdFailure ?? NO_RESULT) } };
  const image = imageOf(started.executedCommand);
  // The original's simulator answers like this, too, with the path of the request: it has only begun.
  const completed = image !== undefined && started.reqOutputArgs !== undefined && started.reqObjPath === undefined;
  return {
    message: { kind: 'answer', requestId, ...(completed && { completed }) },
    ...(image !== undefined && { learnt: { stagedImage: image } }),
  };
};

/** What the answer to a Get reports: the inventory. */
export const ofGetResp = (msgId: string, { reqPathResults }: GetResp): Understanding => {
  const asOf = inventoryAskedAt(msgId);
  if (asOf === undefined) return { message: { kind: 'other', what: `answer ${msgId} to no request of ours` } };
  const objects = new Map<string, Readonly<Record<string, string>>>();
  for (const { resolvedPathResults } of reqPathResults)
    for (const { resolvedPath, resultParams } of resolvedPathResults)
      objects.set(resolvedPath, { ...objects.get(resolvedPath), ...resultParams });
  const learnt: Facts = readInventory(objects);
  const { firmwareVersion } = learnt;
  return {
    learnt,
    message:
      firmwareVersion === undefined
        ? { kind: 'nothing', what: 'inventory without a version' }
        : { kind: 'version', firmwareVersion, asOf },
  };
};

/** What the answer to an Add reports: whether the subscriptions exist. */
export const ofAddResp = (msgId: string, { createdObjResults }: AddResp): Understood => {
  const failures = createdObjResults.flatMap(({ requestedPath, operStatus: { operFailure } }) =>
    operFailure && !THERE_ALREADY.includes(operFailure.errCode)
      ? [`${requestedPath} ${operFailure.errCode} ${operFailure.errMsg}`]
      : [],
  );
  return failures.length === 0
    ? { kind: 'nothing', what: `${msgId}: subscriptions exist` }
    : { kind: 'other', what: `refused subscription: ${failures.join('; ').slice(0, 500)}` };
};

/** What an Error message reports about the request that it answers. */
export const ofError = (msgId: string, failure: Failure): Understood => {
  if (isEnsureAll(msgId)) return { kind: 'refused-all', msgId };
  if (isEnsureOne(msgId))
    return THERE_ALREADY.includes(failure.errCode)
      ? { kind: 'nothing', what: `${msgId}: exists` }
      : { kind: 'other', what: `refused subscription ${msgId}: ${failure.errCode} ${failure.errMsg}` };
  if (inventoryAskedAt(msgId) !== undefined)
    return { kind: 'other', what: `refused inventory: ${failure.errCode} ${failure.errMsg}` };
  return { kind: 'answer', requestId: msgId, ...faultOf(failure) };
};
