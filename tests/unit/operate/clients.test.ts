import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { DescribeThingCommand } from '@aws-sdk/client-iot';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { createClients, destroyClients } from '../../../operate/clients';

describe('clients that ask before each call', () => {
  let server: Server;
  let requests = 0;
  let endpoint = '';
  beforeAll(async () => {
    // Every third request succeeds.
    server = createServer((request, response) => {
      requests += 1;
      request.resume();
      response.writeHead(requests % 3 === 0 ? 200 : 500, { 'Content-Type': 'application/json' });
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    endpoint = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  test.each([
    [
      'IoT',
      (clients: ReturnType<typeof createClients>) => clients.iot.send(new DescribeThingCommand({ thingName: 'a' })),
    ],
    [
      'DynamoDB',
      (clients: ReturnType<typeof createClients>) =>
        clients.dynamo.send(new GetCommand({ TableName: 't', Key: { a: 'b' } })),
    ],
  ])('ask before each attempt of %s: retries are calls, too', async (_service, send) => {
    requests = 0;
    let asked = 0;
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    const clients = createClients({ endpoint, region: 'us-east-1', credentials, maxAttempts: 3 }, () => {
      asked += 1;
    });
    await send(clients);
    destroyClients(clients);
    expect([asked, requests]).toEqual([3, 3]);
  });
});
