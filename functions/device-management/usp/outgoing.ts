import { noSessionRecord } from '../../../proto/codec';
import { requestTopic, responseTopic, USP_CONTENT_TYPE, withReplyTo } from '../../../proto/topics';
import { idleImage, stagedImage } from './inventory';
import type { ActivateRequest, DownloadRequest, KnownDevice, OutgoingMessage } from '../protocol';

/** How an agent is reached: from its connect record, or as the original's simulator without one. */
export interface AgentAddress {
  readonly thingName: string;
  readonly endpointId: string;
  readonly mqttVersion: 'V3_1_1' | 'V5';
}

/** A device's facts that this protocol remembers. */
export const addressOf = ({ thingName, facts }: KnownDevice): AgentAddress => ({
  thingName,
  endpointId: facts['endpointId'] ?? thingName,
  mqttVersion: facts['mqttVersion'] === 'V5' ? 'V5' : 'V3_1_1',
});

type Msg = Parameters<typeof noSessionRecord>[0]['msg'];
type Body = NonNullable<NonNullable<Msg['body']>['request']>;
type MsgType = NonNullable<NonNullable<Msg['header']>['msgType']>;

const addressed = (controllerId: string, agent: AgentAddress, msg: Msg): OutgoingMessage => {
  const payload = noSessionRecord({ toId: agent.endpointId, fromId: controllerId, msg });
  const topic = requestTopic(agent.thingName);
  const answers = responseTopic(controllerId, agent.thingName);
  return agent.mqttVersion === 'V5'
    ? { topic, payload, qos: 1, responseTopic: answers, contentType: USP_CONTENT_TYPE }
    : { topic: withReplyTo(topic, answers), payload, qos: 1 };
};

/** A request to an agent, in the style of its MQTT version. */
export const requestTo = (
  controllerId: string,
  agent: AgentAddress,
  { msgId, msgType, request }: { readonly msgId: string; readonly msgType: MsgType; readonly request: Body },
): OutgoingMessage => addressed(controllerId, agent, { header: { msgId, msgType }, body: { request } });

const operate = (
  controllerId: string,
  device: KnownDevice,
  { operationId, requestId }: ActivateRequest,
  command: string,
  inputArgs: Record<string, string>,
) =>
  requestTo(controllerId, addressOf(device), {
    msgId: requestId,
    msgType: 'OPERATE',
    request: { operate: { command, commandKey: operationId, sendResp: true, inputArgs } },
  });

/** Search expressions quote texts (TR-369, "Searching with Expressions"). */
const AVAILABLE_IMAGE = 'Device.DeviceInfo.FirmwareImage.[Status=="Available"].';

/** TR-181, FirmwareImage.{i}.Download(): into the bank that does not run, where the inventory names it. */
export const downloadMessage = (
  controllerId: string,
  device: KnownDevice,
  request: DownloadRequest,
): OutgoingMessage => {
  const { url, fileSize, checkSumAlgorithm, checkSum, credentials } = request.firmware;
  return operate(controllerId, device, request, `${idleImage(device.facts) ?? AVAILABLE_IMAGE}Download()`, {
    AutoActivate: String(request.autoActivate),
    URL: url,
    ...(credentials && { Username: credentials.username, Password: credentials.password }),
    ...(fileSize !== undefined && { FileSize: String(fileSize) }),
    ...(checkSumAlgorithm !== undefined &&
      checkSum !== undefined && {
        CheckSumAlgorithm: checkSumAlgorithm,
        CheckSum: checkSum,
      }),
  });
};

/** TR-181, FirmwareImage.{i}.Activate(): the image that the device said it downloads to. */
export const activateMessage = (
  controllerId: string,
  device: KnownDevice,
  request: ActivateRequest,
): OutgoingMessage => {
  const image = stagedImage(device.facts) ?? idleImage(device.facts) ?? AVAILABLE_IMAGE;
  return operate(controllerId, device, request, `${image}Activate()`, {});
};

/** Ends the agent's repetition of a Notify. */
export const notifyResponse = (
  controllerId: string,
  agent: AgentAddress,
  { msgId, subscriptionId }: { readonly msgId: string; readonly subscriptionId: string },
): OutgoingMessage =>
  addressed(controllerId, agent, {
    header: { msgId, msgType: 'NOTIFY_RESP' },
    body: { response: { notifyResp: { subscriptionId } } },
  });
