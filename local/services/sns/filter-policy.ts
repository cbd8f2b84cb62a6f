import { AwsError } from '../../core/aws-error';

/** Decides whether a message body passes a filter policy. */
export type Filter = (body: unknown) => boolean;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One element of a policy's list: a literal or an operator. */
const condition = (key: string, element: unknown): ((value: unknown) => boolean) => {
  if (!isRecord(element)) return (value) => value === element;
  const [operator = '', operand] = Object.entries(element)[0] ?? [];
  if (operator === 'prefix' && typeof operand === 'string') return (value) => typeof value === 'string' && value.startsWith(operand);
  if (operator === 'suffix' && typeof operand === 'string') return (value) => typeof value === 'string' && value.endsWith(operand);
  if (operator === 'exists' && typeof operand === 'boolean') return (value) => (value !== undefined) === operand;
  if (operator === 'anything-but') {
    const excluded: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
    return (value) => value !== undefined && !excluded.includes(value);
  }
  throw new AwsError('InvalidParameter', `FilterPolicy: ${key}: local mode does not know the operator ${operator}.`);
};

/**
 * Compiles a filter policy of scope MessageBody: all keys must match, any element of a key's list is enough.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 * @throws AwsError InvalidParameter
 */
export const compileFilter = (policy: unknown): Filter => {
  if (!isRecord(policy)) throw new AwsError('InvalidParameter', 'FilterPolicy: must be a JSON object.');
  const rules = Object.entries(policy).map(([key, expected]): Filter => {
    if (isRecord(expected)) {
      const inner = compileFilter(expected);
      return (body) => isRecord(body) && inner(body[key]);
    }
    if (!Array.isArray(expected)) throw new AwsError('InvalidParameter', `FilterPolicy: ${key}: must be a list.`);
    const conditions = expected.map((element) => condition(key, element));
    return (body) => {
      const actual: unknown = isRecord(body) ? body[key] : undefined;
      const values: readonly unknown[] = Array.isArray(actual) ? actual : [actual];
      return conditions.some((holds) => values.some(holds));
    };
  });
  return (body) => rules.every((rule) => rule(body));
};
