import { noSessionRecord } from '../../../proto/codec';
import { requestTopic, responseTopic, USP_CONTENT_TYPE, withReplyTo } from '../../../proto/topics';
import type { NotifyReceipt } from './incoming';

/** How an agent is reached: from its connect record, or the reference simulator's way without one. */
export interface AgentAddress {
  readonly thingName: string;
  readonly endpointId: string;
  readonly mqttVersion: 'V3_1_1' | 'V5';
}

/** A message for the IoT data plane. */
export interface OutgoingMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 1;
  readonly responseTopic?: string;
  readonly contentType?: string;
}

export interface DownloadRequest {
  readonly operationId: string;
  readonly msgId: string;
  readonly url: string;
  readonly credentials?: { readonly username: string; readonly password: string } | undefined;
}

/** TR-369, search expressions: texts are quoted. */
const DOWNLOAD = 'Device.DeviceInfo.FirmwareImage.[Status=="Available"].Download()';

type Msg = Parameters<typeof noSessionRecord>[0]['msg'];

const addressed = (controllerId: string, agent: AgentAddress, msg: Msg): OutgoingMessage => {
  const payload = noSessionRecord({ toId: agent.endpointId, fromId: controllerId, msg });
  const topic = requestTopic(agent.thingName);
  const answers = responseTopic(controllerId, agent.thingName);
  return agent.mqttVersion === 'V5'
    ? { topic, payload, qos: 1, responseTopic: answers, contentType: USP_CONTENT_TYPE }
    : { topic: withReplyTo(topic, answers), payload, qos: 1 };
};

/** The Operate request that makes an agent download and activate a firmware (TR-181, FirmwareImage.{i}.Download()). */
export const downloadMessage = (controllerId: string, agent: AgentAddress, request: DownloadRequest): OutgoingMessage =>
  addressed(controllerId, agent, {
    header: { msgId: request.msgId, msgType: 'OPERATE' },
    body: {
      request: {
        operate: {
          command: DOWNLOAD,
          commandKey: request.operationId,
          sendResp: true,
          inputArgs: {
            AutoActivate: 'true',
            URL: request.url,
            ...(request.credentials && {
              Username: request.credentials.username,
              Password: request.credentials.password,
            }),
          },
        },
      },
    },
  });

/** Ends the agent's repetition of a Notify. */
export const notifyResponse = (controllerId: string, agent: AgentAddress, receipt: NotifyReceipt): OutgoingMessage =>
  addressed(controllerId, agent, {
    header: { msgId: receipt.msgId, msgType: 'NOTIFY_RESP' },
    body: { response: { notifyResp: { subscriptionId: receipt.subscriptionId } } },
  });
