import { compareVersions } from '../../../../functions/shared/version';

describe('versions', () => {
  test.each([
    ['1.2.3', '1.2.10'],
    ['1.2', '1.2.1'],
    ['1.2.3-rc1', '1.2.3'],
    ['1.2.3-rc1', '1.2.3-rc2'],
    ['1.2.3-beta', '1.2.3-rc'],
    ['V9', 'V10'],
    ['2024.01', '2024.02'],
  ])('%s is older than %s', (older, newer) => {
    expect(compareVersions(older, newer)).toBeLessThan(0);
    expect(compareVersions(newer, older)).toBeGreaterThan(0);
  });

  test.each([
    ['1.2', '1.2.0'],
    ['1.2.3+build1', '1.2.3+build2'],
    ['1.02', '1.2'],
  ])('%s and %s are neither older nor newer', (a, b) => {
    expect(compareVersions(a, b)).toBe(0);
  });
});
