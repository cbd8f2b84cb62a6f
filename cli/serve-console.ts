import type { RunningConsole } from '../console/server/start-console';
import type { EmbeddedAws } from '../local/embedded-aws';

/** Serves the console for an embedded AWS on a free port. */
export const serveConsole = async ({ clientConfig }: EmbeddedAws, stackName: string): Promise<RunningConsole> => {
  // Loaded by those who serve it only: other commands start faster.
  const { startConsole } = await import('../console/server/start-console');
  return startConsole({ clientConfig, stackName, isLocal: true, port: 0 });
};
