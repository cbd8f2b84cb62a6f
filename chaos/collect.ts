import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { DescribeThingCommand, type IoTClient } from '@aws-sdk/client-iot';
import * as v from 'valibot';
import { deviceOf } from '../functions/device-management/device-items';
import type { Stack } from '../operate/stack';
import { jobOf, operationOf } from './operations';
import type { PlannedDevice } from './plan';
import type { Recorder } from './recorder';
import type { ObservedDevice, ObservedOperation } from './world';

export interface CollectDeps {
  readonly iot: IoTClient;
  readonly dynamo: DynamoDBDocumentClient;
  readonly stack: Stack;
  readonly devices: readonly PlannedDevice[];
  readonly recorder: Recorder;
  readonly runs: (thingName: string) => string;
  readonly reports: (thingName: string) => boolean;
  readonly targetOf: (jobId: string) => string;
  readonly isDeleted: (jobId: string) => boolean;
}

type Item = Readonly<Record<string, unknown>>;

const key = v.object({ thingName: v.string() });
const claim = v.object({ executionArn: v.string() });
/** All items of a table, by thing. */
const itemsOf = async (dynamo: DynamoDBDocumentClient, { resources }: Stack, logicalId: string) => {
  const TableName = resources.find((resource) => resource.logicalId === logicalId)?.physicalId;
  if (TableName === undefined) throw new Error(`The stack has no table ${logicalId}.`);
  const byThing = new Map<string, Item[]>();
  for await (const { Items = [] } of paginateScan({ client: dynamo }, { TableName, ConsistentRead: true }))
    for (const item of Items) {
      const { thingName } = v.parse(key, item);
      byThing.set(thingName, [...(byThing.get(thingName) ?? []), item]);
    }
  return byThing;
};

const claimsIn = (items: readonly Item[]): ReadonlyMap<string, string> =>
  new Map(
    items.flatMap((item) =>
      Object.entries(item).flatMap(([operationId, value]) => {
        const parsed = v.safeParse(claim, value);
        return parsed.success ? [[operationId, parsed.output.executionArn] as const] : [];
      }),
    ),
  );

/** What device management has of a device. */
const knowledgeIn = ([item = {}]: readonly Item[], thingName: string) => {
  const { facts, current, over = {} } = deviceOf(item, thingName);
  const states = new Map<string, Record<string, string>>();
  if (current) {
    const { operationId, command, state, isOver } = current;
    const operation = operationOf(operationId);
    const isClosed = isOver === true || Object.hasOwn(over, operationId);
    const name = [command, operationId.slice(operation.length)].join('');
    states.set(operation, { [name]: isClosed ? 'CLOSED' : state });
  }
  return { known: facts['firmwareVersion'], states };
};

/** Puts together what was recorded during the campaign and what the services have at its end. */
export const collectDevices = async (deps: CollectDeps): Promise<readonly ObservedDevice[]> => {
  const { iot, dynamo, stack, devices, recorder, targetOf, isDeleted } = deps;
  const claims = await itemsOf(dynamo, stack, 'UpgradeExecutionsTable');
  const knowledge = await itemsOf(dynamo, stack, 'DevicesTable');

  const operationsOf = (
    thingName: string,
    claimed: ReadonlyMap<string, string>,
    states: ReadonlyMap<string, Record<string, string>>,
  ) => {
    const workflows = [...recorder.workflows.values()].filter((one) => one.thingName === thingName);
    const executions = [...recorder.jobExecutions.values()].filter((one) => one.thingName === thingName);
    const ids = new Set([...workflows, ...executions].map(({ operationId }) => operationId));
    return [...ids].map((operationId): ObservedOperation => {
      const execution = executions.find((one) => one.operationId === operationId);
      const jobId = jobOf(operationId);
      const claimedBy = claimed.get(operationId);
      return {
        operationId,
        target: targetOf(jobId),
        status: isDeleted(jobId) ? 'DELETED' : (execution?.status ?? 'NONE'),
        ...(execution?.status === 'SUCCEEDED' && { ranAtSuccess: execution.ran }),
        workflows: workflows
          .filter((one) => one.operationId === operationId)
          .map((one) => ({ ...one, isQuiet: recorder.isQuiet(one.arn) })),
        ...(claimedBy !== undefined && { claimedBy }),
        commandStates: states.get(operationId) ?? {},
      };
    });
  };

  return Promise.all(
    devices.map(async ({ thingName }) => {
      const { attributes } = await iot.send(new DescribeThingCommand({ thingName }));
      const { known, states } = knowledgeIn(knowledge.get(thingName) ?? [], thingName);
      return {
        ...{ thingName, known, registry: attributes?.['firmwareVersion'] },
        runs: deps.runs(thingName),
        reports: deps.reports(thingName),
        operations: operationsOf(thingName, claimsIn(claims.get(thingName) ?? []), states),
        downloads: recorder.downloadsOf(thingName),
        commands: recorder.commandsOf(thingName),
      };
    }),
  );
};
