/** Shared by the command lines. */

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
