import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import type { ProvisionedThing } from './provisioning';

const State = v.object({
  things: v.array(
    v.object({
      thingName: v.string(),
      certificateArn: v.string(),
      certificate: v.string(),
      clientKey: v.string(),
      firmwareVersion: v.string(),
    }),
  ),
});

/** Keeps the keys of a fleet, so that a restart reuses its things. */
export const stateFile = (fleet: string): string => join('.local', 'simulator', `${fleet}.json`);

/** @returns no things if the file does not exist @throws Error that names a damaged file */
export const loadThings = (file: string): ProvisionedThing[] => {
  if (!existsSync(file)) return [];
  try {
    return v.parse(State, JSON.parse(readFileSync(file, 'utf8'))).things;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${file} is damaged (${reason}): delete it; "npm run simulator -- clean-up" deletes its things.`, {
      cause: error,
    });
  }
};

/** Only the owner may read the file: it holds private keys. */
export const saveThings = (file: string, things: readonly ProvisionedThing[]): void => {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, JSON.stringify({ things }, undefined, 1), { mode: 0o600 });
  renameSync(temporary, file);
};

/** Deletes the file if it exists. */
export const removeStateFile = (file: string): void => rmSync(file, { force: true });
