import { onMessages } from '../../../../functions/shared/sns-in';
import { fakeLog, snsEvent } from '../support/fakes';

const OUTCOME = {
  name: 'FIRMWARE_UPGRADE_SUCCESS',
  id: 'job-1.1',
  operationId: 'job-1.1',
  thingName: 'sim-1',
} as const;

describe('a handler of domain messages', () => {
  test('drops what does not parse with a word on the field, and handles the rest', async () => {
    const { log, lines } = fakeLog();
    const handled: unknown[] = [];
    const handler = onMessages(log, ['FIRMWARE_UPGRADE_SUCCESS'], async (message) => void handled.push(message));
    await handler(snsEvent('not json', { ...OUTCOME, thingName: 5 }, { name: 'UNKNOWN' }, OUTCOME));
    expect(handled).toEqual([OUTCOME]);
    expect(lines.map(({ level }) => level)).toEqual(['MalformedMessages', 'MalformedMessages', 'MalformedMessages']);
    expect(lines[1]?.message).toContain('Records[1].Sns.Message: thingName');
  });

  test('handles every record although one fails, and fails then, so that Lambda tries again', async () => {
    const handled: string[] = [];
    const handler = onMessages(fakeLog().log, ['FIRMWARE_UPGRADE_SUCCESS'], async ({ thingName }) => {
      if (thingName === 'bad') throw new Error('throttled');
      handled.push(thingName);
    });
    // The message becomes the ErrorMessage of the dead letter, so it must say why.
    await expect(handler(snsEvent({ ...OUTCOME, thingName: 'bad' }, OUTCOME))).rejects.toThrow(
      '1 of 2 records failed: Error: throttled',
    );
    expect(handled).toEqual(['sim-1']);
  });

  test('refuses what is not an SNS event', async () => {
    const handler = onMessages(fakeLog().log, ['FIRMWARE_UPGRADE_SUCCESS'], async () => undefined);
    await expect(handler({ detail: 1 })).rejects.toThrow('Not an SNS event');
  });
});
