/** Shared by the command lines. */

/** Prints the message and how to get help, and exits with code 2. */
export const usageError = (message: string, command: string): never => {
  console.error(`${message}\nTry: ${command} -- --help`);
  process.exit(2);
};

/** @throws Error that names the flag if the text is not a whole number from min to max */
export const wholeNumber = (flag: string, text: string, min: number, max: number): number => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw new Error(`--${flag} ${text}: give a whole number from ${min} to ${max}.`);
  return value;
};

/** @throws Error that names the flag if the text is not a positive number */
export const positiveNumber = (flag: string, text: string): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`--${flag} ${text}: give a number above 0.`);
  return value;
};

/** Resolves at the first Ctrl-C or SIGTERM; the second one ends the process at once. */
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
