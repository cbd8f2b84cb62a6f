import type { DeviceMessage, Facts } from '../protocol';
import { readDownloads } from './downloads';
import { type Objects, readInventory } from './inventory';
import { inventoryAskedAt, isAddOne, isDownloads, isRemove, isSetup, refusedAdd } from './reachability';
import type { AddResp, Failure, GetResp, OperateResp } from './schemas';
import { differenceOf, neededRows } from './subscriptions';
import { faultOf, type Understanding } from './understood';

/** A search path that matched nothing is answered without results. */
const NO_RESULT: Failure = {
  errCode: '7016',
  errMsg: 'The device has no firmware image that the command applies to.',
};

/** TR-369, "Error Codes": invalid arguments (some agents' word for it), and a unique key that exists. */
const THERE_ALREADY = ['7004', '7025'];

/** TR-369, "Error Codes": agents refuse a command with it while another one, such as that of a cancelled job, still runs. */
const RESOURCES_EXCEEDED = '7005';

/** `Device.DeviceInfo.FirmwareImage.2.Download()` → `Device.DeviceInfo.FirmwareImage.2.` */
const imageOf = (executedCommand: string) =>
  /^(Device\.DeviceInfo\.FirmwareImage\.\d{1,10}\.)Download\(\)$/.exec(executedCommand)?.[1];

/** What the answer to an Operate reports. */
export const ofOperateResp = (requestId: string, { operationResults }: OperateResp): Understanding => {
  const started = operationResults.find(({ cmdFailure }) => cmdFailure === undefined);
  if (!started) {
    const failure = operationResults[0]?.cmdFailure ?? NO_RESULT;
    const isTemporary = failure.errCode === RESOURCES_EXCEEDED;
    const fault = { ...faultOf(failure).fault, ...(isTemporary && { isTemporary }) };
    return { message: { kind: 'answer', requestId, fault } };
  }
  const image = imageOf(started.executedCommand);
  // The original's simulator answers like this, too, with the path of the request: it has only begun.
  const completed = image !== undefined && started.reqOutputArgs !== undefined && started.reqObjPath === undefined;
  return {
    message: { kind: 'answer', requestId, ...(completed && { completed }) },
    ...(image !== undefined && { learnt: { stagedImage: image } }),
  };
};

/** Parameters by object. Agents name the parameters of inner objects by relative paths, or list each object. */
const objectsIn = ({ reqPathResults }: GetResp): Objects => {
  const objects = new Map<string, (readonly [name: string, value: string])[]>();
  for (const { resolvedPath, resultParams } of reqPathResults.flatMap((result) => result.resolvedPathResults))
    for (const [name, value] of Object.entries(resultParams)) {
      const path = `${resolvedPath}${name}`;
      const end = path.lastIndexOf('.') + 1;
      const object = path.slice(0, end);
      const params = objects.get(object) ?? [];
      params.push([path.slice(end), value]);
      objects.set(object, params);
    }
  return new Map([...objects].map(([path, params]) => [path, Object.fromEntries(params)]));
};

/** What the answer to a Get reports: the inventory and, after a connect, what the agent lacks. */
export const ofGetResp = (msgId: string, response: GetResp, controllerId: string): Understanding => {
  const asOf = inventoryAskedAt(msgId);
  if (asOf === undefined) return { message: { kind: 'other', what: `answer ${msgId} to no request of ours` } };
  const objects = objectsIn(response);
  const learnt: Facts = readInventory(objects);
  const { firmwareVersion } = learnt;
  const downloads = isDownloads(msgId) ? readDownloads(objects) : undefined;
  return {
    learnt,
    message:
      firmwareVersion === undefined
        ? { kind: 'nothing', what: 'inventory without a version' }
        : { kind: 'version', firmwareVersion, asOf, ...(downloads && { downloads }) },
    ...(isSetup(msgId) && {
      isReady: true,
      followUp: { ...differenceOf(objects, controllerId), oneByOne: false, askedAt: asOf },
    }),
  };
};

/** What the answer to an Add reports: whether the subscriptions exist. */
export const ofAddResp = (msgId: string, { createdObjResults }: AddResp): DeviceMessage => {
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
export const ofError = (msgId: string, failure: Failure, controllerId: string): Understanding => {
  const { errCode, errMsg } = failure;
  const refused = refusedAdd(msgId);
  if (refused) return { message: { kind: 'nothing', what: `${msgId}: refused together` }, followUp: refused };
  if (isAddOne(msgId))
    return {
      message: THERE_ALREADY.includes(errCode)
        ? { kind: 'nothing', what: `${msgId}: exists` }
        : { kind: 'other', what: `refused subscription ${msgId}: ${errCode} ${errMsg}` },
    };
  if (isRemove(msgId)) return { message: { kind: 'other', what: `refused removal: ${errCode} ${errMsg}` } };
  const askedAt = inventoryAskedAt(msgId);
  if (askedAt === undefined) return { message: { kind: 'answer', requestId: msgId, ...faultOf(failure) } };
  return {
    message: { kind: 'other', what: `refused inventory: ${errCode} ${errMsg}` },
    // An agent that cannot be looked at is asked to add everything: it refuses what it has.
    ...(isSetup(msgId) && {
      isReady: true,
      followUp: { missing: [...neededRows(controllerId).keys()], surplus: [], oneByOne: false, askedAt },
    }),
  };
};
