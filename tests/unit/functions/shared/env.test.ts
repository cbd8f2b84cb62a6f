import { fromEnv } from '../../../../functions/shared/env';

test('a missing environment variable is named at cold start', () => {
  expect(() => fromEnv({ A: 'a' }, 'A', 'B', 'C')).toThrow('Missing environment variable B, C');
  expect(fromEnv({ A: 'a' }, 'A')).toEqual({ A: 'a' });
});
