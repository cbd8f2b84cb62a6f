import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as v from 'valibot';

/** What the subject of a certificate is made of. */
export interface CertificateRequest {
  readonly subject: readonly { readonly name: string; readonly value: string }[];
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
}

const issuedSchema = v.union([
  v.object({ id: v.number(), cert: v.string(), key: v.string(), publicKey: v.string() }),
  v.object({ id: v.number(), error: v.string() }),
]);
type Issued = Extract<v.InferOutput<typeof issuedSchema>, { cert: string }>;

export interface Issuer {
  /** @throws Error when the certificate cannot be issued */
  issue(request: CertificateRequest): Promise<Issued>;
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (issued: Issued) => void;
  readonly reject: (error: Error) => void;
}

/** A thread that issues certificates, from the first one on. @param settings the CA's key pair, and the kind of keys */
export const createIssuer = (settings: object): Issuer => {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let requests = 0;

  const failAll = (error: Error) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const start = (): Worker => {
    const started = new Worker(join(__dirname, 'issue-certificates.cjs'), { workerData: settings });
    started.unref();
    started.on('message', (message: unknown) => {
      const answer = v.parse(issuedSchema, message);
      const asked = waiting.get(answer.id);
      waiting.delete(answer.id);
      if ('cert' in answer) asked?.resolve(answer);
      else asked?.reject(new Error(`The certificate cannot be issued: ${answer.error}`));
    });
    started.on('error', failAll);
    started.on('exit', () => {
      worker = undefined;
      failAll(new Error('The thread that issues certificates has ended.'));
    });
    return started;
  };

  return {
    issue: (request) =>
      new Promise((resolve, reject) => {
        const id = requests++;
        waiting.set(id, { resolve, reject });
        worker ??= start();
        worker.postMessage({ id, ...request });
      }),
    close: async () => {
      await worker?.terminate();
    },
  };
};
