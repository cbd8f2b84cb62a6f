import {
  type CurrentCommand,
  type Device,
  type Devices,
  latestOf,
  type Operation,
} from '../../../../functions/device-management/devices';
import { ordersOf } from '../../../../functions/shared/orders';

type Key = Pick<Operation, 'operationId' | 'command'>;
const keyOf = (thingName: string, { operationId, command }: Key) => `${thingName} ${operationId} ${command}`;

/** The devices table in memory, with its conditions. `touched`: the things whose items were written. */
export const fakeDevices = () => {
  const operations = new Map<string, Operation>();
  const devices = new Map<string, Device>();
  const touched = new Set<string>();
  const deviceOf = (thingName: string): Device => devices.get(thingName) ?? { thingName, facts: {}, learntAt: {} };
  const store = (device: Device): Device => {
    touched.add(device.thingName);
    devices.set(device.thingName, device);
    return device;
  };
  const changeCurrent = (thingName: string, operationId: string, fields: Partial<CurrentCommand>) => {
    const device = deviceOf(thingName);
    return device.current?.operationId === operationId
      ? store({ ...device, current: { ...device.current, ...fields } })
      : undefined;
  };
  const change = (key: string, fields: Partial<Operation>): Operation | undefined => {
    const operation = operations.get(key);
    if (operation) operations.set(key, { ...operation, ...fields });
    return operations.get(key);
  };
  const port: Devices = {
    begin: async ({ thingName, token, now, executionArn, ...start }) => {
      const key = keyOf(thingName, start);
      const known = operations.get(key);
      const tokens = [...new Set([...(known?.tokens ?? []), token])];
      const operation: Operation = known
        ? { ...known, tokens }
        : {
            ...start,
            state: 'SENDING',
            sendingSince: now,
            tokens,
            ...(executionArn !== undefined && { executionArn }),
          };
      operations.set(key, operation);
      touched.add(thingName);
      return { created: known === undefined, operation };
    },
    takeOver: async (thingName, operation, now, requestId) => {
      const key = keyOf(thingName, operation);
      const known = operations.get(key);
      if (known?.state !== operation.state || known.sendingSince !== operation.sendingSince) return undefined;
      const { fault: _, ...rest } = known;
      const taken: Operation = { ...rest, state: 'SENDING', sendingSince: now, requestId };
      operations.set(key, taken);
      return taken;
    },
    makeCurrent: async (thingName, operation) => {
      const { operationId, command, requestId, firmwareVersion, awaitsBoot, executionArn, sendingSince } = operation;
      const { startedAt } = operation;
      const known = deviceOf(thingName).current?.startedAt;
      if (known !== undefined && startedAt !== undefined && known > startedAt) return undefined;
      const current: CurrentCommand = {
        ...{ operationId, command, requestId, firmwareVersion, awaitsBoot, askedAt: sendingSince },
        ...(command === 'activate' && { downloadedAt: sendingSince }),
        ...(executionArn !== undefined && { executionArn }),
        ...(startedAt !== undefined && { startedAt }),
      };
      return store({ ...deviceOf(thingName), current });
    },
    markSent: async (thingName, operation) => {
      const key = keyOf(thingName, operation);
      if (operations.get(key)?.state === 'SENDING') change(key, { state: 'SENT' });
    },
    read: async (thingName) => deviceOf(thingName),
    awaitConnection: async (thingName, operationId, awaited) => {
      const device = deviceOf(thingName);
      return store({ ...device, awaited: { ...device.awaited, [operationId]: awaited } });
    },
    notePresence: async (thingName, receivedAt) => {
      const device = devices.get(thingName);
      return device && port.learn(thingName, { presence: 'reported' }, receivedAt);
    },
    forgetAwaited: async (thingName, operationIds) => {
      const { awaited, ...device } = deviceOf(thingName);
      const rest = Object.entries(awaited ?? {}).filter(([operationId]) => !operationIds.includes(operationId));
      store({ ...device, ...(rest.length > 0 && { awaited: Object.fromEntries(rest) }) });
    },
    learn: async (thingName, facts, receivedAt) => {
      const known = deviceOf(thingName);
      const latest = latestOf(facts, known, receivedAt);
      const names = Object.keys(latest);
      if (names.length === 0) return known;
      const merged = Object.entries({ ...known.facts, ...latest }).filter(([, value]) => value !== '');
      const times = Object.fromEntries(names.map((name) => [name, receivedAt]));
      return store({ ...known, facts: Object.fromEntries(merged), learntAt: { ...known.learntAt, ...times } });
    },
    markDownloaded: async (thingName, operationId, receivedAt) => {
      const { downloadedAt = Infinity } = deviceOf(thingName).current ?? {};
      return downloadedAt > receivedAt
        ? changeCurrent(thingName, operationId, { downloadedAt: receivedAt })
        : undefined;
    },
    keepBoot: async (thingName, operationId, boot) => {
      const { receivedAt = 0 } = deviceOf(thingName).current?.boot ?? {};
      return receivedAt <= boot.receivedAt ? changeCurrent(thingName, operationId, { boot }) : undefined;
    },
    close: async (thingName, attempt) => {
      const orders = ordersOf(attempt);
      for (const operationId of orders)
        for (const command of ['download', 'activate'] as const) {
          const key = keyOf(thingName, { operationId, command });
          const unknown = { requestId: '', firmwareVersion: '', awaitsBoot: false, sendingSince: 0, tokens: [] };
          operations.set(key, { operationId, command, ...unknown, ...operations.get(key), state: 'CLOSED' });
        }
      const current = orders.find((order) => order === deviceOf(thingName).current?.operationId);
      return current === undefined ? undefined : changeCurrent(thingName, current, { isOver: true });
    },
    knowsOperation: async (thingName, operationId) =>
      operations.has(keyOf(thingName, { operationId, command: 'download' })),
    readCommand: async (thingName, current) => operations.get(keyOf(thingName, current)),
    markLost: async (thingName, operation, fault) => {
      const key = keyOf(thingName, operation);
      const { state, sendingSince } = operations.get(key) ?? {};
      if (state === 'SENT' && sendingSince === operation.sendingSince) change(key, { state: 'REFUSED', fault });
    },
    recordAnswer: async (thingName, current, fault) => {
      const key = keyOf(thingName, current);
      const known = operations.get(key);
      if (known === undefined || known.state === 'CLOSED' || (fault && known.state === 'STARTED')) return undefined;
      const { fault: _, ...rest } = known;
      operations.set(key, fault ? { ...rest, state: 'REFUSED', fault } : { ...rest, state: 'STARTED' });
      return operations.get(key);
    },
  };
  return { port, touched };
};
