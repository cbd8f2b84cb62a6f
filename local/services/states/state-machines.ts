import { createHash } from 'node:crypto';
import type { Environment } from '../../core/api';
import { AwsError } from '../../core/aws-error';
import { checkedArn } from './arn';
import { isObject } from './asl/json';
import type { Machine } from './asl/state-run';
import { validateDefinition } from './asl/validation/validate-definition';

export interface StateMachineInput {
  readonly name: string;
  /** The definition as JSON, its substitutions made. */
  readonly definition: unknown;
  readonly roleArn: string;
}

export interface StateMachines {
  /** Replaces the machine of the same name. @throws AwsError InvalidDefinition */
  create(input: StateMachineInput): Machine;
  /** @throws AwsError InvalidArn, StateMachineDoesNotExist */
  find(arn: string | undefined): Machine;
  all(): readonly Machine[];
  executionArn(machine: Machine, executionName: string): string;
}

export const createStateMachines = ({ region, accountId }: Environment): StateMachines => {
  const machines = new Map<string, Machine>();
  const arnOf = (kind: string, name: string) => `arn:aws:states:${region}:${accountId}:${kind}:${name}`;
  return {
    create: ({ name, definition, roleArn }) => {
      if (!isObject(definition))
        throw new AwsError('InvalidDefinition', `The definition of ${name} is not a JSON object.`);
      validateDefinition(definition);
      const text = JSON.stringify({ name, roleArn, definition });
      const version = createHash('sha256').update(text).digest('hex');
      const machine = { version, name, arn: arnOf('stateMachine', name), roleArn, definition };
      machines.set(machine.arn, machine);
      return machine;
    },
    find: (arn) => {
      const machine = machines.get(checkedArn(arn, 'stateMachine'));
      if (!machine) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
      return machine;
    },
    all: () => [...machines.values()],
    executionArn: ({ name }, executionName) => arnOf('execution', `${name}:${executionName}`),
  };
};
