import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { IAMClient } from '@aws-sdk/client-iam';
import { IoTClient } from '@aws-sdk/client-iot';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { UsageError } from '../../simulator/usage-error';
import { clientConfigOf } from '../aws';
import { createDeliver } from './deliver';
import { createLookups } from './lookups';
import { queueOutput, type RedriveOptions } from './options';
import { createPlanner } from './plan';
import { openQueue } from '../../operate/queue';
import { onlyProblem, redrive } from './redrive';
import { reportJson, reportLines } from './report';
import { describeStack, outputOf, type Stack } from '../../operate/stack';
import { printable, printableJson } from '../output/printable';
import { interrupted } from '../terminal';

/** Where the output goes when it is no terminal. */
const DEFAULT_COLUMNS = 120;
const PROGRESS_MS = 2_000;

/** At most one line every two seconds, on stderr. */
const progress = (about: number) => {
  let last = Date.now();
  return (done: number) => {
    if (Date.now() - last < PROGRESS_MS) return;
    last = Date.now();
    console.error(`${done.toLocaleString('en')} of about ${about.toLocaleString('en')} messages …`);
  };
};

const createClients = (options: RedriveOptions) => {
  const config = clientConfigOf(options, process.env);
  return {
    cloudFormation: new CloudFormationClient(config),
    iam: new IAMClient(config),
    iot: new IoTClient(config),
    lambda: new LambdaClient(config),
    s3: new S3Client(config),
    sfn: new SFNClient(config),
    sns: new SNSClient(config),
    sqs: new SQSClient(config),
  };
};

const stopSignal = (): AbortSignal => {
  const controller = new AbortController();
  void interrupted().then(() => {
    console.error('Stopping …');
    controller.abort();
  });
  return controller.signal;
};

/** @returns the exit code */
const run = async (options: RedriveOptions, clients: ReturnType<typeof createClients>, stack: Stack) => {
  const { queue: name, apply, json } = options;
  const queueUrl = outputOf(stack, queueOutput(name));
  const queue = await openQueue(clients.sqs, queueUrl);
  const now = Date.now();
  const deps = {
    ...{ stack, queue, now, stop: stopSignal(), onProgress: progress(queue.depth.visible) },
    plan: createPlanner(stack, createLookups(stack, clients)),
    deliver: createDeliver(clients),
  };
  const redriven = await redrive(deps, options);
  const columns = process.stdout.columns || DEFAULT_COLUMNS;
  const context = { stack: stack.name, queue: name, queueUrl, apply, depth: queue.depth, now, columns };
  if (json) console.log(printableJson(reportJson(context, redriven)));
  else for (const line of reportLines(context, redriven)) console.log(printable(line));
  if (redriven.interrupted) return 130;
  return apply && redriven.items.some(({ handedBack }) => !handedBack) ? 1 : 0;
};

/** @returns the exit code */
export const redriveStack = async (options: RedriveOptions): Promise<number> => {
  const clients = createClients(options);
  try {
    const stack = await describeStack(clients.cloudFormation, options.stack);
    const wrong = onlyProblem(stack, options.only);
    if (wrong !== undefined) throw new UsageError(wrong);
    return await run(options, clients, stack);
  } finally {
    for (const client of Object.values(clients)) client.destroy();
  }
};
