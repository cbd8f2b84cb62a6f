import { clientConfigOf, hintFor } from '../../../cli/aws';
import { redriveOptions } from '../../../cli/redrive/options';

describe('the command line', () => {
  test('shows by default, and asks for nothing but the queue', () => {
    const expected = { stack: 'wme', queue: 'dead-letters', apply: false, json: false };
    expect(redriveOptions(['--queue', 'dead-letters'])).toEqual(expected);
    expect(redriveOptions(['--queue', 'dead-letters', '--dry-run'])).toEqual(expected);
  });

  test('takes times and numbers', () => {
    const args = '--queue rule-errors --apply --older-than 2h --limit 10 --only rule --region r --profile p'.split(' ');
    expect(redriveOptions(args)).toMatchObject({
      ...{
        queue: 'rule-errors',
        apply: true,
        olderThan: 7_200_000,
        limit: 10,
        only: 'rule',
        region: 'r',
        profile: 'p',
      },
    });
  });

  test('returns nothing for --help', () => {
    expect(redriveOptions(['--help'])).toBeUndefined();
  });

  test.each([
    ['', '--queue : give dead-letters or rule-errors.'],
    ['--queue dlq', '--queue dlq: give dead-letters or rule-errors.'],
    ['--queue toString', '--queue toString: give dead-letters or rule-errors.'],
    ['--queue dead-letters --older-than 5', '--older-than 5: give a time such as 30s, 15m, 2h or 3d.'],
    ['--queue dead-letters --limit 0', '--limit 0: give a whole number from 1'],
    ['--queue dead-letters --apply --dry-run', '--dry-run and --apply: give one of them.'],
    ['--queue dead-letters --endpoint-url localhost', '--endpoint-url localhost: give a URL'],
    ['--queue dead-letters --frce', "Unknown option '--frce'"],
  ])('refuses "%s" with "%s"', (args, message) => {
    expect(() => redriveOptions(args === '' ? [] : args.split(' '))).toThrow(message);
  });
});

describe('clients', () => {
  const local = { accessKeyId: 'local', secretAccessKey: 'local' };

  test.each([
    ['an endpoint on this computer needs neither credentials nor region', { endpointUrl: 'http://localhost:4566' }, {}],
    ['nor does that of the environment', {}, { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }],
  ])('%s', (_, target, env) => {
    expect(clientConfigOf(target, env)).toMatchObject({ region: 'us-east-1', credentials: local });
  });

  test('those of the user win', () => {
    const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566', AWS_ACCESS_KEY_ID: 'mine', AWS_REGION: 'eu-west-1' };
    expect(clientConfigOf({}, env)).toEqual({ maxAttempts: 2 });
    expect(clientConfigOf({ region: 'r', profile: 'p' }, env)).toEqual({ region: 'r', profile: 'p', maxAttempts: 2 });
  });

  test('for AWS the SDK finds them', () => {
    expect(clientConfigOf({}, {})).toEqual({ maxAttempts: 5 });
  });

  test.each([
    ['connect ECONNREFUSED 127.0.0.1:4566', 'Is it running?'],
    ['Region is missing', 'Give --region'],
    ['Could not load credentials from any providers', 'Give --profile'],
    ['QueueDoesNotExist', ''],
  ])('the hint for "%s" is "%s"', (text, hint) => {
    expect(hintFor(text)).toContain(hint);
  });
});
