import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { type ClientConfig, createClients, destroyClients } from '../../operate/clients';
import { NotFoundError, openOperator } from '../../operate/operator';
import { RefusedError } from '../../operate/rollouts/create-rollout';
import { createActions } from './actions';
import { createCallBudget } from './call-budget';
import { startHttpServer } from './http-server';
import { createLive } from './live';
import { buildPage } from './page-files';
import type { Refusal } from './security';
import { createTopics } from './topics';

export interface ConsoleOptions {
  readonly clientConfig: ClientConfig;
  readonly stackName: string;
  /** An embedded AWS, where nothing costs money. */
  readonly isLocal: boolean;
  /** 0 takes a free port. */
  readonly port: number;
}

export interface RunningConsole {
  /** With the token: whoever has it can do what the operator can do in the console. */
  readonly url: string;
  /** Calls of AWS so far. */
  calls(): number;
  close(): Promise<void>;
}

/** Of AWS, in any second, for all pages together; so many of them for what is only kept up to date. */
const CALLS_PER_SECOND = 5;
const BACKGROUND_CALLS_PER_SECOND = 3;

/** Without a connection, Node.js has an empty message with the reasons inside. */
const textOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(String).join('; ');
  return error instanceof Error ? error.message || error.name : String(error);
};

const failureOf = (error: unknown): Refusal => {
  if (error instanceof v.ValiError) return { status: 400, message: error.message };
  if (error instanceof NotFoundError) return { status: 404, message: error.message };
  if (error instanceof RefusedError) return { status: 422, message: error.message };
  return { status: 502, message: textOf(error) };
};

/**
 * Serves the console on 127.0.0.1, with the caller's credentials.
 * @throws Error that names the stack when there is none; Error when the port is taken
 */
export const startConsole = async ({
  clientConfig,
  stackName,
  isLocal,
  port,
}: ConsoleOptions): Promise<RunningConsole> => {
  const budget = createCallBudget(CALLS_PER_SECOND, BACKGROUND_CALLS_PER_SECOND);
  const clients = createClients(clientConfig, budget.take);
  try {
    const [operator, files] = await Promise.all([openOperator(clients, stackName), buildPage()]);
    const { partition, region, accountId } = operator.resources;
    const topicOf = createTopics(operator, { stackName, partition, region, accountId, isLocal });
    const live = createLive({ topicOf, budget, textOf });
    const token = randomBytes(32).toString('base64url');
    const server = await startHttpServer({
      ...{ files, live, failureOf, token, port },
      actions: createActions(operator, live),
    });
    return {
      url: `http://127.0.0.1:${server.port}/#token=${token}`,
      calls: budget.made,
      close: async () => {
        live.close();
        budget.close();
        await server.close();
        destroyClients(clients);
      },
    };
  } catch (error) {
    destroyClients(clients);
    throw error;
  }
};
