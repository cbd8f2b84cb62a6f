import { systemClock } from '../../local/core/clock';
import { createStatesService } from '../../local/services/states/states-service';
import { ACCOUNT_PRINCIPAL } from '../../local/core/api';
import type { Comparison } from './compare';

const STATES = 100;
const DATA = {
  ...{ thingName: 'sim-00001', operationId: 'FirmwareUpgrade-abcdefghij.1', step: 'WaitForDeviceRebooted' },
  execution: { jobId: 'FirmwareUpgrade-abcdefghij', jobDocument: { firmwareVersion: '1.2.3', timeLimits: {} } },
};

/** As many states as an upgrade has, several times over, each with the next as its successor. */
const chain = () => {
  const nameOf = (index: number) => `S${index}`;
  const states = Array.from({ length: STATES }, (_, index) => {
    const next = index === STATES - 1 ? { End: true } : { Next: nameOf(index + 1) };
    return [
      nameOf(index),
      { Type: 'Pass', Parameters: { 'thingName.$': '$.thingName' }, ResultPath: '$.last', ...next },
    ];
  });
  return { StartAt: nameOf(0), States: Object.fromEntries(states) as Readonly<Record<string, unknown>> };
};

/** The interpreter per transition, against a copy of the state's data as JSON. */
export const interpreterComparison = (): { readonly comparison: Comparison; readonly close: () => void } => {
  const states = createStatesService({
    clock: systemClock,
    api: { call: () => Promise.reject(new Error('There are no tasks.')) },
    environment: { accountId: '000000000000', region: 'us-east-1' },
    report: () => undefined,
  });
  const { stateMachineArn } = states.createStateMachine({ name: 'm', definition: chain(), roleArn: 'arn:role' });
  let ended: () => void = () => undefined;
  states.onExecutionChanged(({ status }) => {
    if (status !== 'RUNNING') ended();
  });
  const input: unknown = { stateMachineArn, input: JSON.stringify(DATA) };
  return {
    comparison: {
      ...{ name: 'interpreter: transition', against: 'JSON copy of the data', operations: STATES },
      run: async () => {
        const end = new Promise<void>((resolve) => (ended = resolve));
        // The input of its own operation, as the router passes it.
        states.operations['StartExecution']?.(input as never, { principal: ACCOUNT_PRINCIPAL, requestId: 'r' });
        await end;
      },
      baseline: () => {
        for (let copy = 0; copy < STATES; copy += 1) JSON.parse(JSON.stringify(DATA));
      },
    },
    close: states.close,
  };
};
