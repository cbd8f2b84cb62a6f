import { Agent, request } from 'node:http';

/** Posts over one connection that is kept, as an SDK client does. */
export const createClient = () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    /** @returns the length of the answer @throws Error for any other status than 200 */
    post: (url: string, headers: Readonly<Record<string, string>>, body: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const call = request(url, { method: 'POST', agent, headers }, (response) => {
          let length = 0;
          response.on('data', (chunk: Buffer) => (length += chunk.length));
          response.on('end', () => {
            if (response.statusCode === 200) resolve(length);
            else reject(new Error(`${url} answered ${response.statusCode ?? 'nothing'}.`));
          });
        });
        call.on('error', reject);
        call.end(body);
      }),
    close: () => agent.destroy(),
  };
};
