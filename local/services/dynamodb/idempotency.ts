import { AwsError } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import type { Store } from '../../store/store';
import type { Input } from './item-store';

/** Milliseconds for which a ClientRequestToken is valid after its request has ended. */
const VALID_MS = 600_000;

interface Done {
  readonly request: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/**
 * Runs a request with a token once; a repetition within ten minutes runs `repeat` instead.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-apis-txwriteitems-idempotency
 * @throws AwsError IdempotentParameterMismatchException
 */
export const createIdempotency = (clock: Clock, store: Store) => {
  const done = new Map<string, Done>();
  const kept = store.collection<Done>('dynamodb-tokens', (token) => done.get(token));
  for (const [token, before] of kept.saved) done.set(token, before);
  return async (
    { ClientRequestToken: token, ...input }: Input,
    run: (input: Input) => Promise<Input>,
    repeat: (input: Input) => Promise<Input>,
  ): Promise<Input> => {
    if (typeof token !== 'string') return run(input);
    const request = JSON.stringify(input);
    for (const [known, { until }] of done) {
      if (until >= clock.now()) continue;
      done.delete(known);
      kept.changed(known);
    }
    const earlier = done.get(token);
    if (earlier && earlier.request !== request)
      throw new AwsError(
        'IdempotentParameterMismatchException',
        `The ClientRequestToken "${token}" belongs to a request with other parameters.`,
      );
    if (earlier) return repeat(input);
    const output = await run(input);
    done.set(token, { request, until: clock.now() + VALID_MS });
    kept.changed(token);
    return output;
  };
};
