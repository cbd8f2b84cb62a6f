import { type IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane';
import type { OutgoingMessage } from './protocol';

export type SendToDevice = (message: OutgoingMessage) => Promise<void>;

/** Sends over the IoT data plane: no MQTT session lives in a function. */
export const iotDataSend =
  (iotData: IoTDataPlaneClient): SendToDevice =>
  async (message) => {
    await iotData.send(new PublishCommand(message));
  };
