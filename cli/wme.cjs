#!/usr/bin/env node
/** The command `wme`: runs the TypeScript sources, as the npm scripts do. */
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');

const installed = spawnSync(process.execPath, [join(__dirname, 'ensure-installed.cjs')], { stdio: 'inherit' });
if (installed.status !== 0) process.exit(installed.status ?? 1);
require('tsx/cjs');
require('./wme.ts');
