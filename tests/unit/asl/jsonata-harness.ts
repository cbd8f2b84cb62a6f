import { type Input, one } from './asl-harness';

/** A definition in JSONata. */
export const jsonata = (definition: Input) => ({ QueryLanguage: 'JSONata', ...definition });
export const pass = (fields: Input) => jsonata(one({ Type: 'Pass', ...fields }));
export const expression = (text: string) => pass({ Output: `{% ${text} %}` });
/** Assigns variables, then shows what the second state makes of them. */
export const assignThen = (Assign: Input, second: Input) =>
  jsonata({
    StartAt: 'A',
    States: { A: { Type: 'Pass', Assign, Next: 'B' }, B: { Type: 'Pass', ...second, End: true } },
  });
export const task = (fields: Input) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::sqs:sendMessage',
  Arguments: { QueueUrl: 'q', MessageBody: 'b' },
  End: true,
  ...fields,
});
/** The error of an expression that fails. */
export const FAILURE = 'States.QueryEvaluationError';
