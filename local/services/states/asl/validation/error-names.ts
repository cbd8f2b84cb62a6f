import { textsIn } from '../json';
import { catchersOf, type Report, retriersOf, type StatePlace } from './parts';

/**
 * States.ALL "must appear alone in the ErrorEquals array and must appear in the last retrier in the Retry array", and alike in
 * Catch: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export const validateErrorNames = (place: StatePlace, report: Report): void => {
  for (const handlers of [retriersOf(place), catchersOf(place)])
    for (const [index, [at, { ErrorEquals }]] of handlers.entries()) {
      const names = textsIn(ErrorEquals);
      if (!names.includes('States.ALL')) continue;
      if (names.length > 1) report('States.ALL must appear alone', `${at}/ErrorEquals`);
      if (index < handlers.length - 1) report('States.ALL must appear in the last element', `${at}/ErrorEquals`);
    }
};
