/** Small helpers the command lines share. */

/** Prints what went wrong and how to get help, and ends with exit code 2 (wrong use). */
export const usageError = (message: string, command: string): never => {
  console.error(`${message}\nTry: ${command} -- --help`);
  process.exit(2);
};

/** @throws Error that names the flag when the text is not a whole number within the bounds */
export const wholeNumber = (flag: string, text: string, least: number, most: number): number => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new Error(`--${flag} ${text}: give a whole number from ${least} to ${most}.`);
  return value;
};

/** @throws Error that names the flag when the text is not a positive number */
export const positiveNumber = (flag: string, text: string): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`--${flag} ${text}: give a number above 0.`);
  return value;
};

/** Resolves at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
export const interrupted = (): Promise<void> =>
  new Promise((resolve) => {
    let seen = false;
    const onSignal = () => {
      if (seen) process.exit(130);
      seen = true;
      resolve();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
