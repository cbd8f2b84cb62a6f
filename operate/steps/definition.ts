import { DescribeStateMachineCommand } from '@aws-sdk/client-sfn';
import * as v from 'valibot';
import type { Operator } from '../operator';

const statesSchema = v.record(v.string(), v.looseObject({ Type: v.string() }));
const definitionSchema = v.looseObject({ StartAt: v.string(), States: statesSchema });
const branchesSchema = v.array(v.looseObject({ States: statesSchema }));

/** The state machine as it is deployed. */
export interface Definition {
  /** The top-level state that each state is in: itself, or the Parallel state of its branch. */
  readonly topLevelOf: ReadonlyMap<string, string>;
  readonly comments: ReadonlyMap<string, string>;
  /** The text in Amazon States Language. */
  readonly text: string;
}

/** @throws Error when the text is no definition */
export const definitionOf = (text: string): Definition => {
  const topLevelOf = new Map<string, string>();
  const comments = new Map<string, string>();
  const visit = (states: v.InferOutput<typeof statesSchema>, top: string | undefined) => {
    for (const [name, state] of Object.entries(states)) {
      topLevelOf.set(name, top ?? name);
      const comment = state['Comment'];
      if (typeof comment === 'string') comments.set(name, comment);
      const branches = v.safeParse(branchesSchema, state['Branches']);
      if (branches.success) for (const branch of branches.output) visit(branch.States, top ?? name);
    }
  };
  visit(v.parse(definitionSchema, JSON.parse(text)).States, undefined);
  return { topLevelOf, comments, text };
};

export const describeDefinition = async ({ clients: { sfn }, resources }: Operator): Promise<Definition> => {
  const { stateMachineArn } = resources;
  const { definition = '' } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
  return definitionOf(definition);
};
