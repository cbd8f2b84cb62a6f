import { errors, one, outputs, world } from './asl-harness';

const expression = (text: string) => one({ Type: 'Pass', QueryLanguage: 'JSONata', Output: `{% ${text} %}` });
const JSONATA = 'dg/transforming-data';
const FAILURE = 'States.QueryEvaluationError';

describe('the functions that Step Functions adds to JSONata', () => {
  outputs([
    ['$partition', expression('$partition([1,2,3,4,5], 2)'), [[1, 2], [3, 4], [5]]],
    ['$partition of one part', expression('$partition([0], 3)'), [[0]]],
    ['$partition rounds its size down', expression('$partition([1,2,3], 2.9)'), [[1, 2], [3]], JSONATA],
    ['$range rounds its arguments down', expression('$range(0.9, 4.9, 2.5)'), [0, 2, 4], JSONATA],
    ['$parse of a number', expression("$parse('1')"), 1, JSONATA],
    ['$random rounds its seed down', expression('$random(7.9) = $random(7)'), true, JSONATA],
    ['$uuid is another each time', expression('$uuid() != $uuid()'), true, JSONATA],
    ['$hash SHA-512', expression("$length($hash('a', 'SHA-512'))"), 128, JSONATA],
    ['$range', expression('$range(0, 10, 5)'), [0, 5, 10]],
    ['$range backwards', expression('$range(3, 1, -1)'), [3, 2, 1]],
    ['$hash MD5', expression("$hash('a', 'MD5')"), '0cc175b9c0f1b6a831c399e269772661'],
    [
      '$hash SHA-256',
      expression("$hash('a', 'SHA-256')"),
      'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb',
    ],
    ['$random with a seed repeats itself', expression('$random(7) = $random(7)'), true],
    ['$random without a seed', expression('$random() != $random()'), true],
    ['$random lies between 0 and 1', expression('$random(1) >= 0 and $random(1) < 1'), true],
    ['$uuid', expression('$contains($uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/)'), true],
    ['$parse', expression(`$parse('{"a":[1]}').a[0]`), 1],
    ['functions of JSONata', expression("$uppercase('a') & $string({'b': 1})"), 'A{"b":1}'],
    ['$now by the clock', expression('$now()'), '2026-01-01T00:00:00.000Z'],
    ['$now with a picture', expression("$now('[Y0001]')"), '2026'],
    ['$millis by the clock', expression('$millis()'), Date.UTC(2026, 0, 1)],
    ['a variable is no function: names do not clash', expression('( $range := 1; $range )'), 1],
  ]);

  errors([
    ['$eval is not available', expression("$eval('1')"), FAILURE, JSONATA],
    ['$partition into parts of 0', expression('$partition([1], 0)'), FAILURE],
    ['$range with step 0', expression('$range(0, 1, 0)'), FAILURE],
    ['$range of more than 1000 items', expression('$range(1, 1001, 1)'), FAILURE],
    ['$hash by an unknown algorithm', expression("$hash('a', 'CRC')"), FAILURE],
    ['$hash of a number', expression("$hash(1, 'MD5')"), FAILURE],
    ['$parse of what is no JSON', expression("$parse('{')"), FAILURE],
  ]);

  test('one expression serves executions with different data and at different times', async () => {
    const { start, result, clock, call } = world();
    const definition = one({ Type: 'Pass', QueryLanguage: 'JSONata', Output: '{% [$states.input.n, $millis()] %}' });
    const first = await start(definition, { n: 1 });
    await clock.advance(1_000);
    const { stateMachineArn } = await call('DescribeExecution', { executionArn: first });
    const second = await call('StartExecution', { stateMachineArn, name: 'second', input: '{"n":2}' });
    expect(await result(first)).toEqual({ output: [1, Date.UTC(2026, 0, 1)] });
    expect(await result(String(second['executionArn']))).toEqual({ output: [2, Date.UTC(2026, 0, 1) + 1_000] });
  });
});
