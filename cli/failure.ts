import { errorText, hintFor } from './aws';
import { printable } from './output/printable';

/** An exception of AWS says little without its name; our own say all in the message. */
const textOf = (error: unknown): string =>
  error instanceof Error && error.message !== '' && !('$fault' in error) ? error.message : errorText(error);

/** Prints what failed and how to fix it. @returns the exit code */
export const printFailure = (error: unknown, hint: (text: string) => string = hintFor): number => {
  const text = printable(textOf(error).replace(/\s*\n\s*/g, ' '));
  console.error([text.replace(/\.?$/, '.'), hint(text)].filter(Boolean).join(' '));
  return 1;
};

/** For a process in which something may still run that would keep it: servers, connections. */
export const exitWithFailure = (error: unknown): never => process.exit(printFailure(error));
