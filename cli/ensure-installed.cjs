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
const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(
    `Node.js 20 or newer is needed, this is ${process.version}. Install it from https://nodejs.org and try again.`,
  );
  process.exit(1);
}
const stamp = join(root, 'node_modules', '.installed-lock');
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) process.exit(0);

console.error('Installing dependencies (once, about a minute) …');
const { status } = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
  cwd: root,
  stdio: ['ignore', 2, 2],
  shell: process.platform === 'win32',
});
if (status !== 0) {
  console.error('npm install failed: see above. Nothing was started.');
  process.exit(status ?? 1);
}
mkdirSync(join(root, 'node_modules'), { recursive: true });
writeFileSync(stamp, wanted);
