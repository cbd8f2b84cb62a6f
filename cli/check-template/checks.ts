import { checkDescriptor } from './descriptor';
import { checkFunctions, checkOperations } from './functions';
import { checkPermissions } from './permissions';
import type { Check, Project } from './project';
import { checkReferences } from './references';
import { checkRules } from './rules';
import { checkSchemas } from './schemas';
import { checkStateMachines } from './state-machines';

/** All checks by what they are about, in the order of the report. */
const CHECKS = {
  schemas: checkSchemas,
  references: checkReferences,
  permissions: checkPermissions,
  functions: checkFunctions,
  operations: checkOperations,
  'state machines': checkStateMachines,
  rules: checkRules,
  descriptor: checkDescriptor,
} satisfies Readonly<Record<string, Check>>;

export type CheckName = keyof typeof CHECKS;
const CHECK_NAMES = Object.keys(CHECKS) as CheckName[];

const HINT = 'this check could not be made until the others pass';

/**
 * @param names of the checks to make, all when absent
 * @returns the problems of each check, empty lists when all is well
 */
export const checkProject = async (
  project: Project,
  names: readonly CheckName[] = CHECK_NAMES,
): Promise<Readonly<Record<string, readonly string[]>>> =>
  Object.fromEntries(
    await Promise.all(
      names.map(async (name) => {
        try {
          return [name, await CHECKS[name](project)] as const;
        } catch (error) {
          return [name, [`${error instanceof Error ? error.message : String(error)} (${HINT})`]] as const;
        }
      }),
    ),
  );
