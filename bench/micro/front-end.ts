import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { fakeService, signedFor, startFrontEnd } from '../../tests/unit/wire/wire-harness';
import { createClient } from './http-client';
import type { Comparison } from './compare';

const BODY = JSON.stringify({
  TableName: 'devices',
  Key: { thingName: { S: 'sim-00001' }, sk: { S: 'device' } },
  UpdateExpression: 'SET #name = :value, expiresAt = if_not_exists(expiresAt, :expiresAt)',
  ExpressionAttributeNames: { '#name': 'event:DEVICE_REBOOTED' },
  ExpressionAttributeValues: {
    ':value': { M: { status: { S: 'SUCCESS' }, recordedAt: { N: '1767225600000' } } },
    ':expiresAt': { N: '1775001600' },
  },
  ReturnValues: 'ALL_NEW',
});
const ANSWER = { Attributes: { thingName: { S: 'sim-00001' }, expiresAt: { N: '1775001600' } } };

/** A bare HTTP server that reads and writes the same JSON. */
const startBareServer = async () => {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      JSON.parse(body);
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(ANSWER));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
};

/** A call of the wire front end with a service that answers at once, against a bare HTTP server. */
export const frontEndComparison = async (): Promise<{
  readonly comparison: Comparison;
  readonly close: () => Promise<void>;
}> => {
  const { module } = fakeService('dynamodb', { UpdateItem: ANSWER });
  const [{ frontEnd }, bare] = await Promise.all([startFrontEnd([module]), startBareServer()]);
  const client = createClient();
  const headers = {
    ...signedFor('dynamodb'),
    ...{ 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.UpdateItem' },
  };
  return {
    comparison: {
      ...{ name: 'front end: call', against: 'bare HTTP server' },
      run: () => client.post(`${frontEnd.url}/`, headers, BODY),
      baseline: () => client.post(bare.url, headers, BODY),
    },
    close: async () => {
      client.close();
      bare.close();
      await frontEnd.close();
    },
  };
};
