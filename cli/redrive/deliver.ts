import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Delivery } from './plan';

export interface DeliverClients {
  readonly lambda: LambdaClient;
  readonly sfn: SFNClient;
}

export type Deliver = (delivery: Delivery) => Promise<void>;

/** Hands back; resolves when the service has accepted. @throws what the service refuses */
export const createDeliver =
  ({ lambda, sfn }: DeliverClients): Deliver =>
  async (delivery) => {
    if (delivery.kind === 'invoke') {
      const Payload = Buffer.from(delivery.event);
      await lambda.send(new InvokeCommand({ FunctionName: delivery.functionArn, InvocationType: 'Event', Payload }));
      return;
    }
    const { stateMachineArn, name, input } = delivery;
    try {
      await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input }));
    } catch (error) {
      // An earlier run started it, and died before it deleted the message.
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
  };
