import { createBudget } from '../../operate/budget';
import { createClients, destroyClients } from '../../operate/clients';
import { openOperator, type Operator } from '../../operate/operator';
import { UsageError } from '../../simulator/usage-error';
import { AWS_OPTIONS, awsTarget, clientConfigOf } from '../aws';
import type { OptionSpecs, Values } from '../command-line';
import { createOutput, type Output } from '../output/output';

/** Options of every command about a deployed stack. */
export const SESSION_OPTIONS = {
  json: { description: 'print JSON', group: 'Output' },
  ...AWS_OPTIONS,
} as const satisfies OptionSpecs;

export interface Session {
  readonly operator: Operator;
  readonly output: Output;
}

/**
 * Runs a command about a stack with the caller's credentials.
 * @param callsPerSecond at most, for a command that goes on for long
 */
export const withSession = async (
  values: Values<typeof SESSION_OPTIONS>,
  work: (session: Session) => Promise<void>,
  callsPerSecond?: number,
): Promise<void> => {
  const budget = callsPerSecond === undefined ? undefined : createBudget(callsPerSecond);
  const clients = createClients(clientConfigOf(awsTarget(values), process.env), budget && (() => budget.take()));
  try {
    const operator = await openOperator(clients, values.stack);
    await work({ operator, output: createOutput(process.stdout, process.env) });
  } finally {
    destroyClients(clients);
  }
};

/** @throws UsageError */
export const jobIdOf = (text: string | undefined, flag = 'job id'): string => {
  if (text === undefined || !/^[a-zA-Z0-9_-]{1,64}$/.test(text))
    throw new UsageError(`${flag} ${text ?? ''}: give the id of a roll-out; wme rollout list shows them.`);
  return text;
};

/** @throws UsageError */
export const thingNameOf = (text: string | undefined, flag = 'thing'): string => {
  if (text === undefined || !/^[a-zA-Z0-9:_-]{1,128}$/.test(text))
    throw new UsageError(`${flag} ${text ?? ''}: give the name of a thing; wme device list shows them.`);
  return text;
};
