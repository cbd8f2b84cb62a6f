import type { Item } from '../../../cli/redrive/redrive';
import { groupsOf, reportJson, reportLines } from '../../../cli/redrive/report';

const NOW = Date.UTC(2026, 0, 8);
const at = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();

const item = (fields: Partial<Item>): Item => ({
  ...{ messageId: 'm', kind: 'lambda', recipients: ['StopWorkflowFunction'], cause: 'Rate exceeded', subject: 's' },
  ...{ sentAt: at(5), body: '{}', handedBack: false },
  ...fields,
});

const context = {
  ...{ stack: 'wme', queue: 'dead-letters', queueUrl: 'http://q', apply: false, now: NOW, columns: 80 },
  depth: { visible: 3, inFlight: 0 },
};
const redriven = (...items: readonly Item[]) => ({ items, hidden: 0, interrupted: false });

describe('groups', () => {
  test('have the same kind, recipient and cause, apart from ids and numbers', () => {
    const cause = (id: string, seconds: number) => `${id} Task timed out after ${seconds} seconds`;
    const items = [
      item({ cause: cause('045aed0d-5e0a-4e8d-96dc-2a992a1cf962', 60), sentAt: at(5) }),
      item({ cause: cause('145aed0d-5e0a-4e8d-96dc-2a992a1cf962', 61), sentAt: at(50) }),
      item({ kind: 'sns' }),
      item({ recipients: ['Other'] }),
    ];
    expect(groupsOf(items).map(({ count }) => count)).toEqual([2, 1, 1]);
    expect(groupsOf(items)[0]).toMatchObject({ count: 2, oldest: at(50), newest: at(5), cause: items[0]?.cause });
  });
});

describe('the report', () => {
  const long = item({ cause: `AccessDeniedException:\n${'User is not authorized '.repeat(20)}`, sentAt: at(3 * 1440) });

  const tableFor = (columns: number, ...items: readonly Item[]) => {
    const lines = reportLines({ ...context, columns }, redriven(...items));
    return lines.slice(
      lines.findIndex((line) => line.startsWith('COUNT')),
      lines.indexOf('', 2),
    );
  };

  test('has a table', () => {
    expect(tableFor(200, item({ sentAt: at(3 * 1440) }), item({ kind: 'sns', recipients: [] }))).toEqual([
      'COUNT  KIND    FOR                   OLDEST  NEWEST  CAUSE',
      '1      lambda  StopWorkflowFunction  3 d     3 d     Rate exceeded',
      '1      sns     ?                     5 min   5 min   Rate exceeded',
    ]);
  });

  test.each([80, 100, 200])('has a table that fits a terminal of %d columns, on one line per group', (columns) => {
    const table = tableFor(columns, long, item({}));
    expect(table).toHaveLength(3);
    expect(Math.max(...table.map(({ length }) => length))).toBe(columns);
    expect(table[1]).toMatch(/AccessDeniedException: User .*…$/);
  });

  test('shortens the longest names, too', () => {
    const widest = item({ kind: 'eventbridge', recipients: ['UpgradeStatusReceivedFunction'], cause: long.cause });
    const lines = reportLines(context, redriven(...Array.from({ length: 20 }, () => widest)));
    const row = lines.find((line) => line.startsWith('20'));
    expect(row).toMatch(/^20 {5}eventbridge {2}UpgradeStatusRece… {2}5 min {3}5 min {3}AccessDenied/);
    expect(row?.length).toBe(80);
  });

  test('shows samples with request and full cause, and how to hand back', () => {
    const lines = reportLines(context, redriven(item({ requestId: 'r-1', subject: 'START_UPGRADE sim-1' })));
    expect(lines).toContain('  m START_UPGRADE sim-1 (request r-1)');
    expect(lines.at(-1)).toBe('Nothing was changed. When the cause is gone, hand them back: add --apply.');
  });

  test('says why messages stay', () => {
    const problem = 'its body is not JSON';
    const stays = item({ messageId: 'p', kind: 'unknown', recipients: [], problem });
    expect(reportLines(context, redriven(stays))).toEqual(
      expect.arrayContaining(['Cannot be handed back:', `  1 × ${problem} (message p)`, 'Nothing was changed.']),
    );
    const applied = reportLines({ ...context, apply: true }, redriven(stays, item({ handedBack: true })));
    expect(applied).toEqual(expect.arrayContaining(['Stay in the queue:', `  1 × ${problem} (message p)`]));
    expect(applied.at(-1)).toBe('Handed back 1 message, 1 stay.');
  });

  test('says what it did not see', () => {
    const lines = reportLines(
      { ...context, depth: { visible: 0, inFlight: 4 } },
      { items: [], hidden: 2, interrupted: true },
    );
    expect(lines).toEqual([
      'Found no messages in dead-letters of stack wme (http://q)',
      '',
      '4 messages more are hidden: somebody else has received them.',
      '2 messages stay hidden until their time is over.',
      'Interrupted: the rest was not looked at.',
      'Nothing was changed.',
    ]);
  });

  test('for scripts has groups and every message', () => {
    expect(reportJson({ ...context, apply: true }, redriven(item({ handedBack: true }), item({})))).toMatchObject({
      ...{ stack: 'wme', queue: 'dead-letters', handedBack: 1, stay: 1, inFlight: 0, interrupted: false },
      groups: [{ count: 2, kind: 'lambda' }],
      messages: [{ handedBack: true }, { handedBack: false }],
    });
  });
});
