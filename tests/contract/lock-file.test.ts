import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { ROOT } from '../support/template';

const versions = v.optional(v.record(v.string(), v.string()), {});
const manifestEntries = { dependencies: versions, devDependencies: versions, optionalDependencies: versions };
const packageSchema = v.object({
  ...manifestEntries,
  version: v.optional(v.string()),
  engines: versions,
  resolved: v.optional(v.string()),
  integrity: v.optional(v.string()),
});

const readJson = (file: string): unknown => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
const packages = new Map(
  Object.entries(
    v.parse(v.object({ packages: v.record(v.string(), packageSchema) }), readJson('package-lock.json')).packages,
  ),
);
const installed = [...packages].filter(([path]) => path !== '');

/** Where Node.js finds `name` when the package at `path` requires it: the nearest node_modules going up. */
const resolve = (path: string, name: string): string | undefined => {
  const candidate = `${path === '' ? '' : `${path}/`}node_modules/${name}`;
  if (packages.has(candidate)) return candidate;
  return path === '' ? undefined : resolve(path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/'))), name);
};

describe('package-lock.json', () => {
  test('holds the binaries of every platform, so that npm ci works on all of them', () => {
    const platformPackages = [...packages].flatMap(([path, { optionalDependencies }]) =>
      Object.keys(optionalDependencies).map((name) => ({ path, name })),
    );
    expect(platformPackages.length).toBeGreaterThan(50);
    expect(platformPackages.filter(({ path, name }) => resolve(path, name) === undefined)).toEqual([]);
  });

  test('holds every dependency of every package', () => {
    const missing = [...packages].flatMap(([path, { dependencies, devDependencies }]) =>
      Object.keys({ ...dependencies, ...(path === '' && devDependencies) })
        .filter((name) => resolve(path, name) === undefined)
        .map((name) => `${path}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  test('has version and checksum of every package', () => {
    expect(installed.filter(([, { version, integrity }]) => !version || !integrity?.startsWith('sha512-'))).toEqual([]);
  });

  test('binds nobody to another registry than npm’s own', () => {
    const hosts = installed.flatMap(([, { resolved }]) => (resolved === undefined ? [] : [new URL(resolved).host]));
    expect(hosts.filter((host) => host !== 'registry.npmjs.org')).toEqual([]);
  });

  test('agrees with package.json: npm ci refuses anything else', () => {
    expect(packages.get('')).toEqual(v.parse(packageSchema, readJson('package.json')));
  });
});
