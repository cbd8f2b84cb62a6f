import { drivenClock } from '../../../local/core/clock';
import { createRuleOutput } from '../../../local/services/rules/rule-output';
import { descriptor, encodeMessage } from './helpers';

describe('what a rule selects from a message of the past', () => {
  const loadObject = async (_bucket: string, key: string) => {
    if (key === 'gone') throw new Error('NoSuchKey');
    return descriptor();
  };
  const ruleOutput = createRuleOutput({ clock: drivenClock(), accountId: '000000000000', loadObject });
  const message = { topic: 'a/b', payload: Buffer.from('{"n":1}'), clientId: 'c', receivedAt: 1_700_000_000_000 };

  test('has the time of the message, not of now', async () => {
    const sql = "SELECT n, topic(2) AS thing, timestamp() AS at, clientid() AS client FROM 'a/+'";
    expect(await ruleOutput(sql, message)).toEqual({
      output: { n: 1, thing: 'b', at: 1_700_000_000_000, client: 'c' },
    });
  });

  test('is nothing when WHERE is not true', async () => {
    expect(await ruleOutput("SELECT * FROM 'a/+' WHERE n > 1", message)).toBeUndefined();
  });

  const decoding = (key: string) =>
    `SELECT decode(encode(*, 'base64'), 'proto', 'b', '${key}', 'usp-msg-1-4.proto', 'Msg') AS m FROM '#'`;

  test('has what protobuf decodes', async () => {
    const payload = encodeMessage({ header: { msg_id: '7' } });
    const selected = await ruleOutput(decoding('key'), { ...message, payload });
    expect(selected).toEqual({ output: { m: { header: { msgId: '7' } } } });
  });

  test.each([
    ['the payload is not protobuf', 'key', 'cannot decode Msg of usp-msg-1-4.proto'],
    ['the descriptor cannot be read', 'gone', 'NoSuchKey'],
  ])('is an error when %s', async (_, key, problem) => {
    await expect(ruleOutput(decoding(key), { ...message, payload: Buffer.from([0xff]) })).rejects.toThrow(problem);
  });
});
