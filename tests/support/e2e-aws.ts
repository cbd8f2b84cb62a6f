import { IoTClient } from '@aws-sdk/client-iot';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { type EmbeddedAws, startEmbeddedAws } from '../../local/embedded-aws';

export interface DeployedStack {
  readonly aws: EmbeddedAws;
  readonly iot: IoTClient;
  readonly lambda: LambdaClient;
  /** What the functions and services reported as errors. */
  readonly problems: string[];
  close(): Promise<void>;
}

/** The stack on an embedded AWS of its own, with clients of it. */
export const deployStack = async (parameters: Readonly<Record<string, string>> = {}): Promise<DeployedStack> => {
  const problems: string[] = [];
  const aws = await startEmbeddedAws({
    ...{ stackName: 'wme', httpPort: 0, mqttPort: 0, parameters },
    report: ({ level, message }) => level === 'error' && problems.push(message),
  });
  const iot = new IoTClient(aws.clientConfig);
  const lambda = new LambdaClient(aws.clientConfig);
  return {
    ...{ aws, iot, lambda, problems },
    close: async () => {
      iot.destroy();
      lambda.destroy();
      await aws.close();
    },
  };
};

/** Resolves when the job executions of these things have ended, from now on. */
export const jobExecutionsEnded = (aws: EmbeddedAws, thingNames: readonly string[]): Promise<void> =>
  new Promise((resolve) => {
    const left = new Set(thingNames);
    const stop = aws.onJobExecutionChanged(({ thingName, status }) => {
      if (status !== 'QUEUED' && status !== 'IN_PROGRESS') left.delete(thingName);
      if (left.size > 0) return;
      stop();
      resolve();
    });
  });
