import { createDisturber } from '../../../chaos/disturber';
import { ALL_KINDS, type Kind } from '../../../chaos/kinds';
import type { Delivery, RoleCall } from '../../../local/core/disturbance';

const FUNCTION = 'wme-JobsUpdateStatus';

const event = (thing: number, jobId = 'FirmwareUpgrade-x') => {
  const Message = JSON.stringify({ name: 'FIRMWARE_UPGRADE_FAIL', thingName: `d-${thing}`, id: `${jobId}.1` });
  return JSON.stringify({ Records: [{ Sns: { Message, Timestamp: new Date().toISOString() } }] });
};
const call = (thing: number, jobId?: string): RoleCall => ({
  ...{ service: 'dynamodb', operation: 'UpdateItem', input: {}, roleArn: 'arn:aws:iam::000000000000:role/r' },
  invocation: { functionName: FUNCTION, event: event(thing, jobId) },
});
const delivery = (thing: number): Delivery => ({ kind: 'event', functionName: FUNCTION, event: event(thing) });

const THINGS = Array.from({ length: 1_000 }, (_, index) => index);

const begun = (seed: number, kinds: readonly Kind[] = ALL_KINDS, spared = false) => {
  const stable = (key: string) => key.replaceAll(/FirmwareUpgrade-\w+/g, 'job');
  const disturber = createDisturber({ seed, kinds, stable, spares: () => spared });
  disturber.begin();
  return disturber;
};
const faults = (disturber: ReturnType<typeof begun>, things = THINGS, jobId?: string) =>
  new Map(things.map((thing) => [thing, disturber.call(call(thing, jobId))]));

describe('what a campaign injects', () => {
  test('is the same for the same seed, whatever the order and the ids of jobs', () => {
    const forwards = faults(begun(1), THINGS, 'FirmwareUpgrade-a');
    const backwards = faults(begun(1), THINGS.toReversed(), 'FirmwareUpgrade-b');
    for (const thing of THINGS) expect(backwards.get(thing)).toEqual(forwards.get(thing));
    expect(faults(begun(2))).not.toEqual(forwards);
  });

  test('differs from call to call of one invocation', () => {
    const disturber = begun(1);
    const fates = THINGS.map(() => JSON.stringify(disturber.call(call(0))));
    expect(new Set(fates).size).toBeGreaterThan(5);
  });

  test('are calls that fail in every way, some of which take effect all the same', () => {
    const injected = [...faults(begun(1)).values(), ...faults(begun(2)).values()].filter(
      (fault) => fault !== undefined,
    );
    const kinds = new Set(
      injected.map(({ answer, takesEffect }) =>
        [typeof answer === 'string' ? answer : answer.code, takesEffect].join(' '),
      ),
    );
    for (const answer of ['none', 'exit', 'timeout', 'InternalServerError'])
      for (const takesEffect of [true, false]) expect(kinds).toContain(`${answer} ${takesEffect}`);
    expect(kinds).toContain('ProvisionedThroughputExceededException false');
    expect(kinds).not.toContain('ProvisionedThroughputExceededException true');
    expect(injected.length).toBeGreaterThan(60);
    expect(injected.length).toBeLessThan(250);
  });

  test('are spells that outlast the SDK, and spells that outlast Lambda', () => {
    const inARow = THINGS.map((thing) => {
      const disturber = begun(1);
      let count = 0;
      while (disturber.call(call(thing)) !== undefined) count += 1;
      return count;
    });
    expect(inARow.filter((count) => count >= 4).length).toBeGreaterThan(5);
    expect(inARow.filter((count) => count >= 9).length).toBeGreaterThan(0);
    expect(Math.max(...inARow)).toBeLessThan(20);
  });

  test('are deliveries that come late, twice or three times, and always come', () => {
    const disturber = begun(1);
    const all = THINGS.map((thing) => disturber.deliver(delivery(thing)));
    expect(new Set(all.map(({ length }) => length))).toEqual(new Set([1, 2, 3]));
    expect(all.some(([first = 0]) => first > 0)).toBe(true);
    expect(Math.max(...all.flat())).toBeLessThanOrEqual(3_000);
  });

  test('are only the kinds that were asked for, and are counted by kind and place', () => {
    const disturber = begun(1, ['throttle']);
    const injected = [...faults(disturber).values()].filter((fault) => fault !== undefined);
    for (const thing of THINGS) expect(disturber.deliver(delivery(thing))).toEqual([0]);
    expect(THINGS.some((thing) => disturber.isColdStart({ functionName: FUNCTION, event: event(thing) }))).toBe(false);
    expect(disturber.counts()).toEqual({ throttle: { 'dynamodb:UpdateItem': injected.length } });
  });

  test('leaves the runtime of nobody to end when a state machine calls', () => {
    const disturber = begun(1, ['exit', 'timeout']);
    const calls = THINGS.map((thing) => {
      const { invocation: _, ...made } = call(thing);
      return disturber.call({ ...made, input: { ThingName: `d-${thing}` } });
    });
    expect(calls.every((fault) => fault === undefined)).toBe(true);
  });

  test('is nothing before it begins, after it has healed, and where calls are spared', () => {
    const healed = begun(1);
    healed.heal();
    for (const disturber of [healed, begun(1, ALL_KINDS, true)])
      expect([...faults(disturber).values()].every((fault) => fault === undefined)).toBe(true);
    expect(healed.deliver(delivery(1))).toEqual([0]);
  });
});
