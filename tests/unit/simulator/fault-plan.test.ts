import { FAULTS, type FaultName } from '../../../simulator/agent/faults';
import { FAULT_LIST, faultByRate, faultRates, faultsOf } from '../../../simulator/fault-plan';
import { UsageError } from '../../../simulator/usage-error';

const things = (count: number) => Array.from({ length: count }, (_, index) => `sim-${index}`);
const plan = (values: readonly string[], seed = 1) => ({
  ...{ failDownload: 0, failBoot: 0, faults: faultRates(values), seed },
});

test.each<[string[], [FaultName, number][]]>([
  [[], []],
  [['silent'], [['silent', 1]]],
  [
    ['404=0.1,slow=.25', 'busy=0'],
    [
      ['404', 0.1],
      ['slow', 0.25],
      ['busy', 0],
    ],
  ],
  [Array.from({ length: 10 }, (_, index) => `${Object.keys(FAULTS)[index] ?? ''}=0.1`), expect.any(Array)],
])('--fault %j is read', (values, rates) => {
  expect(faultRates(values).map(({ fault, rate }) => [fault, rate])).toStrictEqual(rates);
});

test.each<[string, string]>([
  ['40', '--fault 40: "40" is no fault: give one of 404, broken-download'],
  ['', '--fault : "" is no fault'],
  ['toString', '"toString" is no fault'],
  ['silent,', '--fault : "" is no fault'],
  ['silent=', '--fault silent=: "" is no rate: give a number from 0 to 1, such as silent=0.1.'],
  ['silent=1.1', '"1.1" is no rate'],
  ['silent=-0.1', '"-0.1" is no rate'],
  ['silent=1e-1', '"1e-1" is no rate'],
  ['silent=10%', '"10%" is no rate'],
  ['silent=0.1=0.2', '"0.1=0.2" is no rate'],
  ['silent=0.1,silent=0.2', '--fault silent=0.1,silent=0.2: give silent only once.'],
  ['silent=0.6,slow=0.6', '--fault silent=0.6,slow=0.6: the rates add up to 1.2: give at most 1.'],
  ['silent,slow', 'the rates add up to 2'],
])('--fault %s is refused with the input and the choices', (value, message) => {
  expect(() => faultRates([value])).toThrow(UsageError);
  expect(() => faultRates([value])).toThrow(message);
});

test('the list has one line per fault, with how an upgrade ends', () => {
  const lines = FAULT_LIST.split('\n');
  expect(lines.map((line) => line.split(/ +/).slice(0, 2))).toStrictEqual(
    Object.entries(FAULTS).map(([name, { expected }]) => [name, expected]),
  );
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(140);
});

test('the fault of a device depends only on the seed, its name and the rates', () => {
  const { faults, seed } = plan(['404=0.2,slow=0.3']);
  const names = things(1000);
  const together = faultsOf(names, plan(['404=0.2,slow=0.3']));
  const others = faultsOf(names.toReversed().slice(0, 500), plan(['404=0.2,slow=0.3']));
  for (const name of names) expect(together.get(name)).toBe(faultByRate(faults, seed, name));
  for (const [name, fault] of others) expect(fault).toBe(together.get(name));
});

test('about as many devices have a fault as its rate says, and others with another seed', () => {
  const names = things(2000);
  const count = (of: ReadonlyMap<string, FaultName>, fault: FaultName) =>
    [...of.values()].filter((other) => other === fault).length;
  const first = faultsOf(names, plan(['404=0.2,slow=0.3'], 1));
  expect(Math.abs(count(first, '404') - 400)).toBeLessThan(80);
  expect(Math.abs(count(first, 'slow') - 600)).toBeLessThan(80);
  expect(Math.abs(count(first, 'none') - 1000)).toBeLessThan(80);
  const second = faultsOf(names, plan(['404=0.2,slow=0.3'], 2));
  expect(names.filter((name) => first.get(name) !== second.get(name)).length).toBeGreaterThan(500);
  expect(count(faultsOf(names, plan(['silent'])), 'silent')).toBe(2000);
  expect(count(faultsOf(names, plan(['silent=0'])), 'none')).toBe(2000);
});

test('a number of devices fails to download or to boot, and the others have faults by rate', () => {
  const faults = faultsOf(['sim-3', 'sim-1', 'sim-0', 'sim-2'], { ...plan(['busy']), failDownload: 1, failBoot: 2 });
  expect(Object.fromEntries(faults)).toStrictEqual({
    ...{ 'sim-0': '404', 'sim-1': 'boot-into-old', 'sim-2': 'boot-into-old', 'sim-3': 'busy' },
  });
});
