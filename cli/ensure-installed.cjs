/**
 * Makes each npm script work alone on a fresh clone: installs the locked dependencies unless
 * node_modules already holds exactly what package-lock.json asks for. Plain Node, because nothing
 * is installed yet when it runs.
 */
const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Node.js 20.19 or newer is needed, this is ${process.version}. Install it from https://nodejs.org and try again.`,
  );
  process.exit(1);
}
const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8');
const modules = join(root, 'node_modules');
const stamp = join(modules, '.installed-lock');
const wanted = createHash('sha256').update(lockText).digest('hex');
if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) process.exit(0);

/**
 * npm keeps a record of what it installed, so your own `npm ci` (it removes the stamp) is not repeated.
 * Optional packages may be missing: npm leaves out those of other platforms.
 */
const isInstalled = () => {
  const record = join(modules, '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  return Object.entries(JSON.parse(lockText).packages).every(
    ([path, { version, integrity, optional }]) =>
      path === '' ||
      (installed[path] ? installed[path].version === version && installed[path].integrity === integrity : optional),
  );
};

if (!isInstalled()) {
  console.error('Installing dependencies (once, about a minute) …');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error('npm ci failed: see above. Nothing was started.');
    process.exit(status ?? 1);
  }
}
mkdirSync(modules, { recursive: true });
writeFileSync(stamp, wanted);
