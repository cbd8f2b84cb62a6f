import { AwsError } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import type { Input } from './item-store';

/** Milliseconds for which a ClientRequestToken is valid after its request has ended. */
const VALID_MS = 600_000;

/**
 * Runs a request with a token once; a repetition within ten minutes runs `repeat` instead.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-apis-txwriteitems-idempotency
 * @throws AwsError IdempotentParameterMismatchException
 */
export const createIdempotency = (clock: Clock) => {
  const done = new Map<string, { readonly request: string; readonly until: number }>();
  return async (
    { ClientRequestToken: token, ...input }: Input,
    run: (input: Input) => Promise<Input>,
    repeat: (input: Input) => Promise<Input>,
  ): Promise<Input> => {
    if (typeof token !== 'string') return run(input);
    const request = JSON.stringify(input);
    for (const [known, { until }] of done) if (until < clock.now()) done.delete(known);
    const earlier = done.get(token);
    if (earlier && earlier.request !== request)
      throw new AwsError(
        'IdempotentParameterMismatchException',
        `The ClientRequestToken "${token}" belongs to a request with other parameters.`,
      );
    if (earlier) return repeat(input);
    const output = await run(input);
    done.set(token, { request, until: clock.now() + VALID_MS });
    return output;
  };
};
