import { FACT, type Fields, OVER } from './device-items';
import type { CommandStart, Sender } from './devices';
import type { Facts } from './protocol';

/** A change of an item, for one UpdateItem. */
export interface Change {
  readonly expression: string;
  readonly values: Fields;
  readonly condition?: string;
  /** Names that are not identifiers. */
  readonly names?: Readonly<Record<string, string>>;
}

export const factFields = (facts: Facts, receivedAt: number): Fields =>
  Object.fromEntries(Object.entries(facts).map(([name, text]) => [FACT + name, { text, receivedAt }]));

/** That none of the fields is known from a later message. */
export const isLatest = (fields: Fields): string =>
  Object.keys(fields)
    .map((name) => `(attribute_not_exists(#${name}) OR #${name}.#receivedAt <= :receivedAt)`)
    .join(' AND ');

/** That a message bears the name of its device (`isFrom`), as a condition. */
export const fromSender = (sender: Sender | undefined): { readonly condition: string; readonly values: Fields } => {
  if (!sender) return { condition: '', values: {} };
  const name = `#${FACT}${sender.fact}`;
  const condition = ` AND (attribute_not_exists(${name}) OR ${name}.#text IN (:sender, :nobody))`;
  return { condition, values: { sender: sender.name, nobody: '' } };
};

/** That the current command is of an operation, and the same command. */
export const IS_SAME = '#current.#operationId = :operationId AND #current.#command = :command';
/** That no later command is the current one: neither of a workflow nor of a task that began later. */
const IS_LATER =
  '(attribute_not_exists(#current.#startedAt) OR #current.#startedAt < :startedAt OR (#current.#startedAt = :startedAt AND #current.#enteredAt <= :enteredAt))';

export const creationOf = ({ thingName: _, token, executionArn, ...start }: CommandStart): Change => {
  const { operationId, command, startedAt, enteredAt } = start;
  const current = {
    ...start,
    ...{ state: 'SENDING', tokens: [token] },
    ...(executionArn !== undefined && { executionArn }),
  };
  return {
    expression: 'SET #previousOperationId = if_not_exists(#current.#operationId, :none), #current = :current',
    values: { current, none: '', operationId, command, startedAt, enteredAt },
    condition: `attribute_not_exists(#over) AND (attribute_not_exists(#current) OR (NOT (${IS_SAME}) AND ${IS_LATER}))`,
    names: { '#over': OVER + operationId },
  };
};

export const repetitionOf = ({ operationId, command, token, enteredAt }: CommandStart): Change => ({
  expression: 'SET #current.#tokens = list_append(#current.#tokens, :tokens), #current.#enteredAt = :enteredAt',
  values: { tokens: [token], operationId, command, enteredAt },
  condition: `${IS_SAME} AND attribute_exists(#current.#tokens)`,
});
