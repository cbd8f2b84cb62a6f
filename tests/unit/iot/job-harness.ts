import type { Backlog } from '../../../local/core/backlog';
import { createHarness } from './iot-harness';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/**
 * Things sim-1 … as targets of jobs.
 * @param backlog of the functions that follow the jobs; default: there is none
 */
export const withThings = async (count: number, backlog?: Backlog) => {
  const harness = createHarness(undefined, backlog);
  await harness.createThings(count);
  const report = (thingName: string, status: string, jobId = 'job') =>
    harness.device('UpdateJobExecution', { jobId, thingName, status });
  const targets = Array.from({ length: count }, (_, n) => `thing/sim-${n + 1}`);
  const processed = async () => (await harness.details('job')).jobProcessDetails;
  return { ...harness, report, targets, processed };
};

/** Two things in the dynamic group `old`. */
export const withDynamicGroup = async () => {
  const harness = await withThings(2);
  await harness.switchIndexingOn();
  await harness.call('CreateDynamicThingGroup', {
    thingGroupName: 'old',
    queryString: 'attributes.firmwareVersion:1.2.1',
  });
  const setVersion = (thingName: string, firmwareVersion: string) =>
    harness.call('UpdateThing', { thingName, attributePayload: { attributes: { firmwareVersion } } });
  const joins = async (thingName: string) => {
    await harness.call('CreateThing', { thingName, attributePayload: { attributes: { firmwareVersion: '1.2.1' } } });
    await harness.clock.advance(0);
  };
  return { ...harness, setVersion, joins };
};
